/** A parsed regular expression of the RE2 dialect. Groups capture nothing: nothing can refer to them. */
export type Pattern =
  | { readonly kind: 'character'; readonly matches: (character: string) => boolean }
  | { readonly kind: 'sequence'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'choice'; readonly options: readonly Pattern[] }
  | {
      readonly kind: 'repeat';
      readonly part: Pattern;
      readonly minimum: number;
      readonly maximum: number;
    }
  | { readonly kind: 'assertion'; readonly assertion: Assertion };

export type Assertion =
  | 'text-start'
  | 'text-end'
  | 'line-start'
  | 'line-end'
  | 'word-boundary'
  | 'no-word-boundary';

/** A pattern that RE2 refuses. */
export class PatternSyntaxError extends Error {}
