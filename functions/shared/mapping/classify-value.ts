import { cleanValue, isBlank, UnusableValue } from './clean-value.ts';
import type { ColumnKind } from './columns.ts';

/** What the City writes in place of a number, in upper case. Source: the feeds of 2001 to 2024. */
const FILLERS: ReadonlySet<unknown> = new Set([
  'DO NOT UPDATE OR DELETE THIS INFO FIELD',
  '*** NOT USED ***',
  '$',
]);

export type ValueClass = 'empty' | 'filler' | 'readable' | 'unreadable';

/**
 * Classifies the value of a column by whether cleanValue can read it. A filler, in upper or lower
 * case, says nothing about a permit; a column of kind `cost` or `integer` may have one. An
 * unreadable value of these kinds stays in `extra`; of another kind, it makes its record a reject.
 */
export function classifyValue(kind: ColumnKind, value: unknown): ValueClass {
  if (isBlank(value)) return 'empty';
  const isFreeText = kind === 'cost' || kind === 'integer';
  if (isFreeText && typeof value === 'string' && FILLERS.has(value.trim().toUpperCase())) {
    return 'filler';
  }
  try {
    return cleanValue(kind, value) === null ? 'unreadable' : 'readable';
  } catch (error) {
    if (error instanceof UnusableValue) return 'unreadable';
    throw error;
  }
}
