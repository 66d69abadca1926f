import { cleanValue, UnusableValue } from './clean-value.ts';
import type { ColumnKind } from './columns.ts';

export type ValueClass = 'empty' | 'filler' | 'readable' | 'unreadable';

/** What the City writes where it has no value. */
const FILLERS: ReadonlySet<unknown> = new Set([
  'DO NOT UPDATE OR DELETE THIS INFO FIELD',
  '*** NOT USED ***',
  '$',
]);

/** Tells whether a column of a kind can read a value, and whether there is one to read. */
export function classifyValue(kind: ColumnKind, value: unknown): ValueClass {
  const trimmed = typeof value === 'string' ? value.trim() : value;
  if (trimmed == null || trimmed === '') return 'empty';
  if (FILLERS.has(trimmed)) return 'filler';
  try {
    return cleanValue(kind, value) === null ? 'unreadable' : 'readable';
  } catch (error) {
    if (error instanceof UnusableValue) return 'unreadable';
    throw error;
  }
}
