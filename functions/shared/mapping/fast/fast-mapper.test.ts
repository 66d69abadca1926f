import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { permitRecord } from '../../testing/permit-record.ts';
import { parseExactly } from '../exact-number.ts';
import { mapRecord } from '../map-record.ts';
import { createFastMapper } from './fast-mapper.ts';

const usual = permitRecord(1, { NEW_COLUMN: null, rank: 0.5 });
const names = Object.keys(usual);

const STYLES = [
  [', ', ': '],
  [',', ':'],
] as const;

/** A record as JSON, with some values spelled by `tokens`. */
function format(tokens: Readonly<Record<string, string>>, [comma, colon]: readonly string[]) {
  const fields = names.map((name) => {
    const token = tokens[name] ?? JSON.stringify(usual[name]);
    return JSON.stringify(name) + colon + token;
  });
  return `{${fields.join(comma)}}`;
}

/** The row from the fast mapper; undefined if it leaves the record to the plain mapper. */
function write(text: string, sample = text): string | undefined {
  const mapper = createFastMapper();
  mapper.map(Buffer.from(sample));
  const row = mapper.map(Buffer.from(text));
  return row instanceof Buffer ? row.toString() : undefined;
}

function parse(text: string): unknown {
  try {
    return parseExactly(text);
  } catch {
    return undefined;
  }
}

function map(text: string): string | undefined {
  const mapped = mapRecord(parse(text));
  return 'row' in mapped ? mapped.row : undefined;
}

/** Valid and invalid values of every kind, as spelled in a feed's text. */
const TOKENS = [
  ...['null', 'true', '{}', '[1, 2]', '{"a": "b"}', 'nul', 'nulll', 'nulx', 'lunn', '', 'x'],
  ...['0', '7', '12', '0.0', '145.0', '212.50', '0.000001', '0.0000001', '123456789.123456'],
  ...['-0', '-3.5', '1e3', '1E-2', '1234567890', '1e999', '007', '5.', '.5', '1-2', '1.2.3', '+1'],
  ...['9007199254740993', '999999999.000000001', '0.000000000', '1.10', '1e400', '1e999999999'],
  ...['3000000000', '"3000000000"', '"97,3000"', '"$"', '"*** not used ***"', '9.9', '"1e3"'],
  ...[
    '"2026-11-25T:::99"',
    '"20261125999999"',
    '"2026-11-25T02:00:00Z"',
    '"2026-11-25 02:00-05:00"',
  ],
  ...['""', '" "', '"  "', '"00"', '"12"', '" 9"', '"9.9"', '"2.0"', '"-9"', '"007"', '"5."'],
  ...['".5"', '"1,000."', '"450,000"', '"$1,250"', '"*** NOT USED ***"', '"99999999999"'],
  ...['"2026-11-25"', '"2026-02-30"', '"2026-02-29"', '"2024-02-29"', '"2026-13-01"'],
  ...['"2026-00-10"', '"2026-11-00"', '"2026/11/25"', '"20261125093000"', '"2026-11-25T00:00:00"'],
  ...[
    '"2O26-11-25"',
    '"2026-11-2"',
    '" 2026-11-25 "',
    '"2026_11-25"',
    '"2026-11_25"',
    '"-026-11-25"',
  ],
  ...[
    '"a b"',
    '" a b "',
    '"a\\tb"',
    '" \\n a"',
    '"a \\u00a0"',
    '"\\"quoted\\""',
    '"\\\\N"',
    '"\\\\"',
  ],
  ...['"\\u0000"', '"\\ud800"', '"\\x"', '"\\u12"', '"é"', '"\u00a0a"', '"a\u0001b"', '"\u007f"'],
  ...['"a"b"', '"open', '"a\u0001', '"a"}', '"N"', '"\\\\.", "x": "y"', '"a", "PERMIT_NUM": "b"'],
];

describe.each(STYLES)('with %j and %j between', (...style) => {
  test.each(names)('a value of %s is written as mapRecord would, or left to it', (name) => {
    for (const token of TOKENS) {
      const text = format({ [name]: token }, style);
      const row = write(text, format({}, style));
      if (row !== undefined) expect(row, token).toBe(map(text));
    }
  });

  test('any text and any number is written as mapRecord would, or left to it', () => {
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.integer());
    const number = fc.stringMatching(/^-?(0|[1-9]\d{0,11})(\.\d{1,11})?([eE][+-]?\d{1,3})?$/);
    const tokens = fc.dictionary(
      fc.constantFrom(...names),
      fc.oneof(
        value.map((any) => JSON.stringify(any)),
        number,
        number.map((text) => `"${text}"`),
      ),
    );
    fc.assert(
      fc.property(tokens, (any) => {
        const text = format(any, style);
        const row = write(text, format({}, style));
        if (row !== undefined) expect(row).toBe(map(text));
      }),
    );
  });

  test.each([
    {},
    { DESCRIPTION: '"\\"two\\" storeys,\\n\\u00bd a garage"' },
    { EST_CONST_COST: '"DO NOT UPDATE OR DELETE THIS INFO FIELD"', POSTAL: '"   "' },
    { ISSUED_DATE: '"2026-10-31"', APPLICATION_DATE: '"2026/10/30"', STREET_NUM: '12' },
    { DWELLING_UNITS_CREATED: '"2.0"', RESIDENTIAL: '"1,000."', STATUS: '"Under Review "' },
  ])('%j is written without being parsed', (tokens) => {
    const text = format(tokens, style);
    expect(write(text, format({}, style))).toBe(map(text));
    expect(map(text)).toBeDefined();
  });
});

test('columns may come in any order, and may be missing', () => {
  const { STATUS, ISSUED_DATE, BUILDER_NAME, ...others } = usual;
  const record = JSON.stringify({ ISSUED_DATE, ...others, STATUS });
  expect(write(record)).toBe(map(record));
  expect(write(record)).toContain('Permit Issued');
});

const text = JSON.stringify(usual);

test.each([
  ['has one column more', text.replace('}', ',"OTHER":null}')],
  ['has one column less', text.replace('"STREET_NUM":"1",', '')],
  [
    'has its columns in another order',
    text.replace('TYPE":"AVE"', 'NAME":"AVE"').replace('NAME":"EXAMPLE"', 'TYPE":"EXAMPLE"'),
  ],
  ['has something else between', text.replace('"STATUS":', '"STATUS"=')],
  ['has a value that its column cannot read', text.replace('450,000', '97,3000')],
  ['has a value in an unmapped column', text.replace('COLUMN":null', 'COLUMN":1')],
])('a record that %s is left to mapRecord', (_, record) => {
  expect(record).not.toBe(text);
  expect(write(record, text)).toBeUndefined();
});

test.each(['text', '[]', '{}', 'null', '{"a": 1', '{"a":1,"a":1}', '{"a" : 1}', '{"é":1}'])(
  'nothing is learnt from %s',
  (sample) => {
    expect(write(sample)).toBeUndefined();
  },
);
