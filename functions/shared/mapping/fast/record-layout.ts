import { DROPPED_COLUMNS, FEED_COLUMNS } from '../columns.ts';

/** How a value is written. */
export const NULL = 0;
/** A string of printable ASCII without a backslash. */
const PLAIN = 1;
/** A string of printable ASCII. */
export const ESCAPED = 2;
/** What can be nothing but a number; whether it is one, its reader finds out. */
export const NUMBER = 3;

/** How the records of a feed are written, and where the values of the one located last are. */
export interface RecordLayout {
  /** What stands before each value, and behind the last. */
  readonly separators: readonly Buffer[];
  /** Which value each of FEED_COLUMNS has; one past the last, which is null, if it has none. */
  readonly columns: readonly number[];
  /** The values under names that nobody has mapped. */
  readonly unmapped: readonly number[];
  /** The values that are dropped. */
  readonly dropped: readonly number[];
  readonly forms: Uint8Array;
  /** Value i is the bytes [begins[i], ends[i]), of a string without its quotes. */
  readonly begins: Int32Array;
  readonly ends: Int32Array;
}

const STYLES = [
  // Python's json.dumps, which the City uses.
  { comma: ', ', colon: ': ' },
  // JSON.stringify.
  { comma: ',', colon: ':' },
];

/**
 * Learns from one record how a feed's are written: a program writes all with the same names in the same
 * order, and the same between them.
 *
 * @returns null when the record is not a flat object of ASCII in one of the usual styles.
 */
export function learnLayout(record: Buffer): RecordLayout | null {
  const names = readNames(record);
  const layouts = STYLES.map((style) => createLayout(names, style));
  return layouts.find((layout) => locateValues(layout, record)) ?? null;
}

function readNames(record: Buffer): readonly string[] {
  try {
    return Object.keys(JSON.parse(record.toString()));
  } catch {
    return [];
  }
}

function createLayout(
  names: readonly string[],
  { comma, colon }: (typeof STYLES)[number],
): RecordLayout {
  const columns = FEED_COLUMNS.map(([name]) => names.indexOf(name));
  const others = [...names.keys()].filter((value) => !columns.includes(value));
  const isDropped = (value: number) => DROPPED_COLUMNS.has(names[value] as string);
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
const DEL = 0x7f;
const NULL_TEXT = Buffer.from('null');

function createTable(has: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => Number(has(byte)));
}

const isPlain = createTable(
  (byte) => byte >= 0x20 && byte < DEL && byte !== QUOTE && byte !== BACKSLASH,
);
const isOfNumber = createTable((byte) => '+-.0123456789Ee'.includes(String.fromCharCode(byte)));

function startsWith(bytes: Buffer, from: number, text: Buffer): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (bytes[from + index] !== text[index]) return false;
  }
  return true;
}

/**
 * Finds where the values of a record are, without reading them.
 * @returns false when it is not written as the layout has it.
 */
export function locateValues(layout: RecordLayout, record: Buffer): boolean {
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
      while (isOfNumber[record[at] as number] === 1) at += 1;
      ends[value] = at;
    }
  }
}
