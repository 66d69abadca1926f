import { hash } from 'node:crypto';
import { classifyValue } from './classify-value.ts';
import { cleanNames } from './clean-names.ts';
import { cleanValue, UnusableValue } from './clean-value.ts';
import { DROPPED_COLUMNS, FEED_COLUMNS } from './columns.ts';
import { numberText, spellNumber } from './exact-number.ts';

/** A record as it is stored. */
export interface MappedRecord {
  /** FEED_COLUMNS in their order and `extra` in COPY's text format, separated by tabs. */
  readonly row: string;
}

/** A record that cannot be stored, and why. */
export interface UnmappedRecord {
  readonly reason: string;
}

const MAPPED_NAMES: ReadonlySet<string> = new Set(FEED_COLUMNS.map(([name]) => name));

type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  if (Array.isArray(value) || JSON.isRawJSON(value)) return false;
  return typeof value === 'object' && value !== null;
}

/** Backslash, tab, line feed and carriage return. Source: PostgreSQL, "COPY", Text Format. */
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
};

/** Escapes a value for COPY's text format. */
export function escapeCopy(text: string): string {
  return /[\\\t\n\r]/.test(text)
    ? text.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character] as string)
    : text;
}

/** Far below what JSON.stringify and PostgreSQL's jsonb can handle. */
const MAX_EXTRA_DEPTH = 100;

/** @throws UnusableValue for a lone surrogate or NUL, which jsonb cannot hold. */
function requireText(text: string): string {
  if (text.isWellFormed() && !text.includes('\0')) return text;
  throw new UnusableValue(`${JSON.stringify(text).slice(0, 60)} is not valid Unicode text`);
}

/**
 * Sorts the keys of a JSON value: their order says nothing about a permit.
 * @throws UnusableValue for a value that JSON.stringify would change or jsonb would refuse.
 */
function canonical(value: unknown, depth = 0): unknown {
  if (depth > MAX_EXTRA_DEPTH) {
    throw new UnusableValue(`a new column is nested deeper than ${MAX_EXTRA_DEPTH} levels`);
  }
  if (typeof value === 'string') return requireText(value);
  const number = numberText(value);
  if (number !== undefined) {
    if (spellNumber(number) !== undefined) return value;
    throw new UnusableValue(`${number.slice(0, 60)} is not a number`);
  }
  if (Array.isArray(value)) return value.map((item) => canonical(item, depth + 1));
  if (!isObject(value)) return value;
  const sorted = Object.keys(value).sort();
  return Object.fromEntries(
    sorted.map((key) => [requireText(key), canonical(value[key], depth + 1)]),
  );
}

/** The columns that `extra` takes and that are not blank, under the City's names, as JSON. */
function writeExtra(record: JsonObject, isExtra: (name: string) => boolean): string {
  let extra: Record<string, unknown> | undefined;
  for (const name in record) {
    if (!isExtra(name)) continue;
    const value = record[name];
    const cleaned = typeof value === 'string' ? value.trim() : value;
    if (cleaned == null || cleaned === '') continue;
    extra ??= Object.create(null) as Record<string, unknown>;
    extra[name] = cleaned;
  }
  if (extra === undefined) return '{}';
  return JSON.stringify(canonical(extra));
}

/** SHA-256 of a row in hexadecimal: equal if and only if storing the row would change nothing. */
export function hashRow(row: string | Buffer): string {
  return hash('sha256', row, 'hex');
}

/**
 * Maps one record of the feed to its row of `permits`. A value that its column cannot read, but
 * must not reject, is stored as null and stays in `extra`.
 *
 * @param dropped names unmapped columns that `extra` does not take.
 * @returns the row, or the reason why it has none.
 */
export function mapRecord(
  parsed: unknown,
  dropped = DROPPED_COLUMNS,
): MappedRecord | UnmappedRecord {
  if (!isObject(parsed)) return { reason: 'not an object' };
  const record = cleanNames(parsed);
  const unread = new Set<string>();
  let column = '';
  try {
    const fields = FEED_COLUMNS.map(([name, kind]) => {
      column = name;
      const value = cleanValue(kind, record[name]);
      if (value !== null) return escapeCopy(value);
      if (classifyValue(kind, record[name]) === 'unreadable') unread.add(name);
      return '\\N';
    });
    const isExtra = (name: string) =>
      MAPPED_NAMES.has(name) ? unread.has(name) : !dropped.has(name);
    column = 'extra';
    fields.push(escapeCopy(writeExtra(record, isExtra)));
    return { row: fields.join('\t') };
  } catch (error) {
    if (error instanceof UnusableValue) return { reason: `${column}: ${error.message}` };
    throw error;
  }
}
