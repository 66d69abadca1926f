import { cleanNames } from '../clean-names.ts';
import { FEED_COLUMNS } from '../columns.ts';

/** How a value is spelled in a record. */
export const NULL = 0;
/** A string of printable ASCII without a backslash. */
const PLAIN = 1;
/** A string of printable ASCII with escapes. */
export const ESCAPED = 2;
/** Bytes that only a number has; the reader checks whether they are one. */
export const NUMBER = 3;

/** How the records of a feed are spelled, and where the last scanned record has its values. */
export interface RecordLayout {
  /** The bytes before each value, and those after the last. */
  readonly separators: readonly Buffer[];
  /** The index of each FEED_COLUMNS value; a missing column has the index of an extra null. */
  readonly columns: readonly number[];
  /** Indexes of values under names that no column maps. */
  readonly unmapped: readonly number[];
  /** Indexes of values that are dropped. */
  readonly dropped: readonly number[];
  readonly forms: Uint8Array;
  /** Value i is the bytes [begins[i], ends[i]), without the quotes of a string. */
  readonly begins: Int32Array;
  readonly ends: Int32Array;
}

/** Python's json.dumps, which the City uses, and JSON.stringify. */
const STYLES = [
  [', ', ': '],
  [',', ':'],
] as const;

/**
 * Learns from one record how a feed spells its records: the program that writes them uses the same
 * names, order and separators for all.
 *
 * @returns null if the record is not a flat ASCII object with clean names in a usual style.
 */
export function learnLayout(record: Buffer, dropped: ReadonlySet<string>): RecordLayout | null {
  const names = readNames(record);
  const layouts = STYLES.map((style) => createLayout(names, style, dropped));
  return layouts.find((layout) => scanValues(layout, record)) ?? null;
}

function readNames(record: Buffer): string[] {
  try {
    return Object.keys(cleanNames(JSON.parse(record.toString())));
  } catch {
    return [];
  }
}

function createLayout(names: string[], style: readonly string[], dropped: ReadonlySet<string>) {
  const [comma, colon] = style;
  const columns = FEED_COLUMNS.map(([name]) => names.indexOf(name));
  const others = [...names.keys()].filter((value) => !columns.includes(value));
  const isDropped = (value: number) => dropped.has(names[value] as string);
  const separators = names.map((name, value) =>
    Buffer.from(`${value === 0 ? '{' : comma}${JSON.stringify(name)}${colon}`),
  );
  return {
    separators: [...separators, Buffer.from('}')],
    columns: columns.map((value) => (value === -1 ? names.length : value)),
    unmapped: others.filter((value) => !isDropped(value)),
    dropped: others.filter(isDropped),
    forms: new Uint8Array(names.length + 1),
    begins: new Int32Array(names.length + 1),
    ends: new Int32Array(names.length + 1),
  };
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NULL_TEXT = Buffer.from('null');

/** Creates a table of bytes: 1 for those whose characters `has` accepts. */
export function createTable(has: (character: string) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => Number(has(String.fromCharCode(byte))));
}

const isPlain = createTable((character) => /[ -~]/.test(character) && !/["\\]/.test(character));
const isNumeric = createTable((character) => /[-+.\dEe]/.test(character));

function startsWith(bytes: Buffer, from: number, text: Buffer): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (bytes[from + index] !== text[index]) return false;
  }
  return true;
}

/**
 * Finds where the values of a record are, without reading them.
 * @returns false if the record is not spelled like the layout.
 */
export function scanValues(layout: RecordLayout, record: Buffer): boolean {
  const { separators, forms, begins, ends } = layout;
  const values = separators.length - 1;
  let at = 0;
  for (let value = 0; ; value += 1) {
    const separator = separators[value] as Buffer;
    if (!startsWith(record, at, separator)) return false;
    at += separator.length;
    if (value === values) return at === record.length;
    if (record[at] === QUOTE) {
      at += 1;
      begins[value] = at;
      forms[value] = PLAIN;
      for (;;) {
        while (isPlain[record[at] as number] === 1) at += 1;
        if (record[at] !== BACKSLASH) break;
        forms[value] = ESCAPED;
        at += 2;
      }
      if (record[at] !== QUOTE) return false;
      ends[value] = at;
      at += 1;
    } else if (startsWith(record, at, NULL_TEXT)) {
      forms[value] = NULL;
      at += NULL_TEXT.length;
    } else {
      forms[value] = NUMBER;
      begins[value] = at;
      while (isNumeric[record[at] as number] === 1) at += 1;
      ends[value] = at;
    }
  }
}
