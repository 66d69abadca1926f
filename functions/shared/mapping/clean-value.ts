import type { ColumnKind } from './columns.ts';
import { numberText, spellDecimal } from './exact-number.ts';

/** A value that cannot be stored; the message says why, without the record's other values. */
export class UnusableValue extends Error {}

/** Whether a value is missing, null, or text without a character. */
export function isBlank(value: unknown): boolean {
  return value == null || (typeof value === 'string' && value.trim() === '');
}

function unusable(value: unknown, what: string): UnusableValue {
  return new UnusableValue(`${describeValue(value)} is not ${what}`);
}

/** Names lists and objects by kind, because JSON.stringify fails on deep nesting. */
function describeValue(value: unknown): string {
  const number = numberText(value);
  if (number !== undefined) return number.slice(0, 60);
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return JSON.stringify(value)?.slice(0, 60);
}

/** Key parts are kept verbatim: trailing spaces belong to them. */
function cleanKey(value: unknown): string {
  if (typeof value !== 'string' || isBlank(value)) throw unusable(value, 'a key');
  return wellFormed(value);
}

function cleanText(value: unknown): string {
  if (typeof value === 'string') return wellFormed(value.trim());
  const text = typeof value === 'boolean' ? String(value) : spellDecimal(numberText(value) ?? '');
  if (text === undefined) throw unusable(value, 'text');
  return text;
}

/** Refuses a lone surrogate, which would be stored as U+FFFD. */
function wellFormed(text: string): string {
  if (text.isWellFormed()) return text;
  throw unusable(text, 'valid Unicode');
}

const TIME = String.raw`(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?`;
const ZONE = String.raw`(?:Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)`;
const COMPACT_TIME = String.raw`(?:[01]\d|2[0-3])[0-5]\d[0-5]\d`;

/**
 * The feed has had `2024-01-15`, with and without a time, `2024/01/15` and `20240115093000`. The
 * date counts as it is written: a valid time and zone are ignored, because a shift to Toronto's
 * time could change the day.
 */
const DATE = new RegExp(
  String.raw`^(\d{4})(?:-(\d\d)-(\d\d)(?:[T ]${TIME}${ZONE}?)?|/(\d\d)/(\d\d)|(\d\d)(\d\d)${COMPACT_TIME})$`,
);

/** A feed has about 700,000 dates, 10,000 of them different. */
const MAX_KNOWN_DATES = 20_000;
const knownDates = new Map<string, string>();

function cleanDate(value: unknown): string {
  const known = typeof value === 'string' ? knownDates.get(value) : undefined;
  if (known !== undefined) return known;
  const date = readDate(value);
  if (knownDates.size === MAX_KNOWN_DATES) knownDates.clear();
  knownDates.set(value as string, date);
  return date;
}

function readDate(value: unknown): string {
  const [, year, ...parts] = (typeof value === 'string' && DATE.exec(value.trim())) || [];
  const [month, day] = parts.filter((part) => part !== undefined);
  const date = `${year}-${month}-${day}`;
  const time = Date.parse(`${date}T00:00:00Z`);
  // Date.parse reads 30 February as 1 March.
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(date)) {
    throw unusable(value, 'a date');
  }
  return date;
}

/** An optional sign and `$`, digits with or without commas, an optional fraction. */
const AMOUNT = /^([+-]?)\$?(\d{1,3}(?:,\d{3})+|\d*)(\.\d*)?$/;

/**
 * Spells each number in one way, so `1,000.` and `1000.00` are the same value.
 * @returns undefined if the value is not a number, or not one that spellDecimal takes.
 */
function toDecimal(value: unknown): string | undefined {
  const number = numberText(value);
  if (number !== undefined) return spellDecimal(number);
  const match = typeof value === 'string' ? AMOUNT.exec(value.trim()) : null;
  if (!match) return undefined;
  const [, sign, whole = '', fraction = ''] = match;
  return spellDecimal(`${sign}${whole.replaceAll(',', '')}${fraction}`);
}

function cleanNumeric(value: unknown): string {
  const decimal = toDecimal(value);
  if (decimal === undefined) throw unusable(value, 'a number');
  return decimal;
}

/** EST_CONST_COST is free text; half its values are "DO NOT UPDATE OR DELETE THIS INFO FIELD". */
function cleanCost(value: unknown): string | null {
  return toDecimal(value) ?? null;
}

/** Dwelling units are free text, too: null if not a whole number, never a made-up 0. */
function cleanInteger(value: unknown): string | null {
  const decimal = toDecimal(value);
  return decimal !== undefined && /^-?\d{1,9}$/.test(decimal) ? decimal : null;
}

const CLEANERS: Readonly<Record<ColumnKind, (value: unknown) => string | null>> = {
  key: cleanKey,
  text: cleanText,
  date: cleanDate,
  numeric: cleanNumeric,
  cost: cleanCost,
  integer: cleanInteger,
};

/**
 * Cleans a value to the text that PostgreSQL stores; null for an empty value, and for free text
 * that is not a number.
 *
 * @throws UnusableValue if the column's kind cannot hold it.
 */
export function cleanValue(kind: ColumnKind, value: unknown): string | null {
  return kind !== 'key' && isBlank(value) ? null : CLEANERS[kind](value);
}
