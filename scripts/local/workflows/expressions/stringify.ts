import { formatDouble } from '../values/format-double.ts';
import type { Value } from '../values/value.ts';

/** Converts a string, number or boolean to text, as `+` and `string()` do; else undefined. */
export function stringify(value: Value): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return formatDouble(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  return undefined;
}
