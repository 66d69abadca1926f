import { classifyValue } from '../classify-value.ts';
import { cleanValue, UnusableValue } from '../clean-value.ts';
import { type ColumnKind, DROPPED_COLUMNS, FEED_COLUMNS } from '../columns.ts';
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
 * byte without making strings of them. It leaves records with unusual spelling, values or columns
 * to the plain mapper.
 */
export function createFastMapper(dropped = DROPPED_COLUMNS): RecordMapper {
  let layout: RecordLayout | null | undefined;
  let row = Buffer.allocUnsafeSlow(ROW_BYTES);
  let at = 0;

  const copy = (source: Buffer, begin: number, end: number): void => {
    for (let index = begin; index < end; index += 1, at += 1) row[at] = source[index] as number;
  };
  /** Like writeValue, for a value that is not stored byte for byte. */
  const writeClean = (kind: ColumnKind, value: unknown): boolean => {
    const cleaned = cleanValue(kind, value);
    if (cleaned === null && classifyValue(kind, value) === 'unreadable') return false;
    at += row.write(cleaned === null ? '\\N' : escapeCopy(cleaned), at);
    return true;
  };
  /** @returns false if the plain mapper must map the record. */
  const writeValue = (kind: ColumnKind, from: RecordLayout, index: number, record: Buffer) => {
    const form = from.forms[index];
    let begin = from.begins[index] as number;
    let end = from.ends[index] as number;
    if (form === NULL) return writeClean(kind, null);
    if (form === ESCAPED) {
      return writeClean(kind, JSON.parse(record.toString('latin1', begin - 1, end + 1)));
    }
    if (kind === 'text' && form !== NUMBER) {
      while (begin < end && record[begin] === SPACE) begin += 1;
      while (begin < end && record[end - 1] === SPACE) end -= 1;
    } else if (kind !== 'key' && kind !== 'date') {
      end = findDecimalEnd(record, begin, end, kind === 'integer');
    } else end = -1;
    if (form === NUMBER && end <= begin) return false;
    if (end <= begin) return writeClean(kind, record.toString('latin1', begin, from.ends[index]));
    copy(record, begin, end);
    return true;
  };

  return {
    map(record) {
      if (layout === undefined) layout = learnLayout(record, dropped);
      if (!layout || !scanValues(layout, record) || !areOthersUsual(layout, record)) return null;
      const mostBytes = record.length + MAX_ADDED_BYTES;
      if (row.length < mostBytes) row = Buffer.allocUnsafeSlow(2 * mostBytes);
      at = 0;
      try {
        for (let column = 0; column < KINDS.length; column += 1) {
          const index = layout.columns[column] as number;
          if (!writeValue(KINDS[column] as ColumnKind, layout, index, record)) return null;
          row[at] = TAB;
          at += 1;
        }
      } catch (error) {
        if (error instanceof UnusableValue || error instanceof SyntaxError) return null;
        throw error;
      }
      // The column `extra`.
      at += row.write('{}', at, 'latin1');
      return row.subarray(0, at);
    },
  };
}

/** @returns whether unmapped values are null, and dropped ones null, plain text or decimals. */
function areOthersUsual(layout: RecordLayout, record: Buffer): boolean {
  const { unmapped, dropped, forms, begins, ends } = layout;
  const isNull = (value: number) => forms[value] === NULL;
  const isDecimal = (value: number) =>
    findDecimalEnd(record, begins[value] as number, ends[value] as number) >= 0;
  const isUsual = (value: number) =>
    forms[value] === NUMBER ? isDecimal(value) : forms[value] !== ESCAPED;
  return unmapped.every(isNull) && dropped.every(isUsual);
}

const isDigit = createTable((character) => /\d/.test(character));

/** Limit of the whole part and of the fraction; a longer number may not fit its column. */
const MAX_DIGITS = 9;

/**
 * Finds where the shortest spelling of a decimal ends, without trailing zeros.
 * @returns -1 for a sign, an exponent, a comma, or too many digits.
 */
function findDecimalEnd(source: Buffer, begin: number, end: number, mustBeWhole = false): number {
  let point = begin;
  while (point < end && isDigit[source[point] as number] === 1) point += 1;
  const digits = point - begin;
  if (digits === 0 || digits > MAX_DIGITS || (source[begin] === DIGIT_0 && digits > 1)) return -1;
  if (point === end) return end;
  const fraction = end - point - 1;
  if (source[point] !== POINT || fraction === 0 || fraction > MAX_DIGITS) return -1;
  let last = point;
  for (let index = point + 1; index < end; index += 1) {
    if (isDigit[source[index] as number] === 0) return -1;
    if (source[index] !== DIGIT_0) last = index + 1;
  }
  return mustBeWhole && last > point ? -1 : last;
}
