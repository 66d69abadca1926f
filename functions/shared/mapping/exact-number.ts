/** A JSON number that a JavaScript number would change; JSON.stringify writes its text as it is. */
export interface ExactNumber {
  readonly rawJSON: string;
}

declare global {
  // TypeScript's library does not have these parts of ECMAScript yet; Node 24 does.
  interface JSON {
    rawJSON(text: string): ExactNumber;
    isRawJSON(value: unknown): value is ExactNumber;
    parse(
      text: string,
      reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
    ): unknown;
  }
}

/**
 * Parses JSON without changing a number: one that JavaScript would change becomes an ExactNumber.
 *
 * @throws SyntaxError for invalid JSON, RangeError for thousands of nested levels.
 */
export function parseExactly(text: string): unknown {
  return JSON.parse(text, (_, value, { source }) => {
    if (typeof value !== 'number' || source === undefined || String(value) === source) return value;
    const spelling = spellNumber(source);
    return spelling === String(value) ? value : JSON.rawJSON(spelling ?? source);
  });
}

/** The text of a number, from JavaScript or exact; undefined for anything else. */
export function numberText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return JSON.isRawJSON(value) ? value.rawJSON : undefined;
}

/** The number 0.`digits` × 10^`point`; zero has no digits. */
interface Decimal {
  readonly sign: '' | '-';
  /** Without zeros at either end. */
  readonly digits: string;
  readonly point: number;
}

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/**
 * Limit of the zeros before or after the digits: a short text such as 1e999999999 must not fill the
 * memory.
 */
const MAX_ZEROS = 1_000;

function readDecimal(text: string): Decimal | undefined {
  const [match, sign, whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  const all = whole + fraction;
  if (match === undefined || all === '') return undefined;
  let begin = 0;
  let end = all.length;
  while (begin < end && all[begin] === '0') begin += 1;
  // A regular expression would take quadratic time for zeros before another digit.
  while (end > begin && all[end - 1] === '0') end -= 1;
  if (begin === end) return { sign: '', digits: '', point: 1 };
  const digits = all.slice(begin, end);
  const point = whole.length - begin + Number(exponent);
  const zeros = Math.max(-point, point - digits.length);
  return zeros > MAX_ZEROS ? undefined : { sign: sign === '-' ? '-' : '', digits, point };
}

/** Writes all digits, with zeros up to the point. */
function writePlain({ sign, digits, point }: Decimal): string {
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits.padEnd(point, '0');
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/**
 * Spells a number as a plain decimal, exactly and in one way: `1.5E3` and `+1500.0` as `1500`.
 * @returns undefined if it is not a number, or has more than 1,000 zeros at an end of its digits.
 */
export function spellDecimal(text: string): string | undefined {
  const decimal = readDecimal(text);
  return decimal && writePlain(decimal);
}

/** JavaScript writes numbers from 10^-6 to 10^21 without an exponent. */
const LEAST_POINT = -5;
const MOST_POINT = 21;

/**
 * Spells a number exactly and in one way, as JavaScript would if its numbers had all digits.
 * @returns undefined where spellDecimal does.
 */
export function spellNumber(text: string): string | undefined {
  const decimal = readDecimal(text);
  if (!decimal) return undefined;
  const { sign, digits, point } = decimal;
  if (point >= LEAST_POINT && point <= MOST_POINT) return writePlain(decimal);
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  return `${sign}${digits[0]}${fraction}e${point > 0 ? '+' : ''}${point - 1}`;
}
