import type { Value } from '../../values/value.ts';

/** How a step or block ended without an error. */
export type Outcome =
  | { readonly kind: 'next' }
  /** The target is a step's name, or `break`, `continue` or `end`. */
  | { readonly kind: 'jump'; readonly target: string }
  | { readonly kind: 'return'; readonly value: Value };

export const NEXT: Outcome = { kind: 'next' };
