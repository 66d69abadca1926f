import { cleanValue, UnusableValue } from '../clean-value.ts';
import { type ColumnKind, FEED_COLUMNS } from '../columns.ts';
import { escapeCopy } from '../map-record.ts';
import type { RecordMapper } from '../record-mapper.ts';
import type { RecordLayout } from './scan-values.ts';
import { createTable, ESCAPED, learnLayout, NULL, NUMBER, scanValues } from './scan-values.ts';

/** A row of one of the City's records has about 500 bytes. */
const ROW_BYTES = 4_096;
/** A column adds at most a tab, and `\N` if the record has no value or only blanks. */
const MAX_ADDED_BYTES = 3 * FEED_COLUMNS.length + 2;

const KINDS: readonly ColumnKind[] = FEED_COLUMNS.map(([, kind]) => kind);

const TAB = 0x09;
const SPACE = 0x20;
const POINT = 0x2e;
const DIGIT_0 = 0x30;

/**
 * Creates a mapper for records that are spelled like the first one: it copies most values byte for
 * byte without making strings of them. It leaves records with unusual spelling, values or columns to
 * the plain mapper.
 */
export function createFastMapper(): RecordMapper {
  let layout: RecordLayout | null | undefined;
  let row = Buffer.allocUnsafeSlow(ROW_BYTES);
  let at = 0;

  const copy = (source: Buffer, begin: number, end: number): void => {
    for (let index = begin; index < end; index += 1, at += 1) row[at] = source[index] as number;
  };
  const write = (value: string | null): void => {
    at += row.write(value === null ? '\\N' : escapeCopy(value), at);
  };

  /** @returns false if the plain mapper must map the record. */
  const writeValue = (kind: ColumnKind, from: RecordLayout, index: number, record: Buffer) => {
    const form = from.forms[index];
    let begin = from.begins[index] as number;
    let end = from.ends[index] as number;
    if (form === NULL) write(kind === 'key' ? cleanValue(kind, null) : null);
    else if (form === ESCAPED) {
      write(cleanValue(kind, JSON.parse(record.toString('latin1', begin - 1, end + 1))));
    } else if (form === NUMBER || kind === 'numeric' || kind === 'cost' || kind === 'integer') {
      const decimalEnd = findDecimalEnd(record, begin, end, kind === 'integer');
      if (decimalEnd >= 0 && kind !== 'key' && kind !== 'date') copy(record, begin, decimalEnd);
      else if (form === NUMBER) return false;
      else write(cleanValue(kind, record.toString('latin1', begin, end)));
    } else if (kind === 'text') {
      while (begin < end && record[begin] === SPACE) begin += 1;
      while (begin < end && record[end - 1] === SPACE) end -= 1;
      if (begin === end) write(null);
      else copy(record, begin, end);
    } else write(cleanValue(kind, record.toString('latin1', begin, end)));
    return true;
  };

  const writeRow = (from: RecordLayout, record: Buffer): boolean => {
    for (let column = 0; column < KINDS.length; column += 1) {
      const kind = KINDS[column] as ColumnKind;
      if (!writeValue(kind, from, from.columns[column] as number, record)) return false;
      row[at] = TAB;
      at += 1;
    }
    // The column `extra`.
    at += row.write('{}', at, 'latin1');
    return true;
  };

  return {
    map(record) {
      if (layout === undefined) layout = learnLayout(record);
      if (!layout || !scanValues(layout, record) || !areOthersUsual(layout, record)) return null;
      const mostBytes = record.length + MAX_ADDED_BYTES;
      if (row.length < mostBytes) row = Buffer.allocUnsafeSlow(2 * mostBytes);
      at = 0;
      try {
        return writeRow(layout, record) ? row.subarray(0, at) : null;
      } catch (error) {
        if (error instanceof UnusableValue || error instanceof SyntaxError) return null;
        throw error;
      }
    },
  };
}

/** @returns whether unmapped values are null, and dropped ones null or decimals. */
function areOthersUsual(layout: RecordLayout, record: Buffer): boolean {
  const { unmapped, dropped, forms, begins, ends } = layout;
  const isNull = (value: number) => forms[value] === NULL;
  const isDecimal = (value: number) =>
    forms[value] === NUMBER &&
    findDecimalEnd(record, begins[value] as number, ends[value] as number) >= 0;
  return unmapped.every(isNull) && dropped.every((value) => isNull(value) || isDecimal(value));
}

const isDigit = createTable((character) => /\d/.test(character));

/** A double keeps 15 significant digits, and is written without an exponent from 0.000001 up. */
const MAX_INTEGER_DIGITS = 9;
const MAX_FRACTION_DIGITS = 6;

/**
 * Finds where the shortest spelling of a decimal ends, without trailing zeros.
 * @returns -1 for a sign, an exponent, a comma, or more digits than a double surely keeps.
 */
function findDecimalEnd(source: Buffer, begin: number, end: number, mustBeWhole = false): number {
  let point = begin;
  while (point < end && isDigit[source[point] as number] === 1) point += 1;
  const digits = point - begin;
  const hasZero = source[begin] === DIGIT_0 && digits > 1;
  if (digits === 0 || digits > MAX_INTEGER_DIGITS || hasZero) return -1;
  if (point === end) return end;
  const fraction = end - point - 1;
  if (source[point] !== POINT || fraction === 0 || fraction > MAX_FRACTION_DIGITS) return -1;
  let last = point;
  for (let index = point + 1; index < end; index += 1) {
    if (isDigit[source[index] as number] === 0) return -1;
    if (source[index] !== DIGIT_0) last = index + 1;
  }
  return mustBeWhole && last > point ? -1 : last;
}
