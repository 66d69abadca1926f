import type { Value } from '../../values/value.ts';

/** How a step or block ended, errors aside. */
export type Outcome =
  | { readonly kind: 'next' }
  /** To a named step, or to `break`, `continue` or `end`. */
  | { readonly kind: 'jump'; readonly target: string }
  | { readonly kind: 'return'; readonly value: Value };

export const NEXT: Outcome = { kind: 'next' };
