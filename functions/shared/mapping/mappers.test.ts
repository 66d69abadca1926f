import { describe, expect, test } from 'vitest';
import { permitRecord } from '../testing/permit-record.ts';
import { DROPPED_COLUMNS, FEED_COLUMNS } from './columns.ts';
import { createRecordMapper } from './create-record-mapper.ts';
import { createFastMapper } from './fast/fast-mapper.ts';
import { createPlainMapper } from './plain-mapper.ts';

const usual = JSON.stringify(permitRecord(1));

/** Each mapper, after a usual record; the fast one may leave records to the plain one. */
const MAPPERS = [
  ['plain', () => createPlainMapper(), false],
  ['fast', () => createFastMapper(), true],
  ['fast, then plain', () => createRecordMapper(), false],
] as const;

/** The values of `usual` as they are stored, unless they are null. */
const USUAL_VALUES: Readonly<Record<string, string>> = {
  PERMIT_NUM: '26 100001 BLD',
  REVISION_NUM: '00',
  PERMIT_TYPE: 'New Houses',
  STRUCTURE_TYPE: 'SFD - Detached',
  WORK: 'New Building',
  STREET_NUM: '1',
  STREET_NAME: 'EXAMPLE',
  STREET_TYPE: 'AVE',
  POSTAL: 'M5V',
  GEO_ID: '1234567',
  WARD_GRID: 'S1024',
  APPLICATION_DATE: '2026-01-05',
  ISSUED_DATE: '2026-02-10',
  STATUS: 'Permit Issued',
  DESCRIPTION: 'Construct a two storey dwelling',
  PROPOSED_USE: 'SFD',
  DWELLING_UNITS_CREATED: '1',
  DWELLING_UNITS_LOST: '0',
  EST_CONST_COST: '450000',
  ASSEMBLY: '0',
  INSTITUTIONAL: '0',
  RESIDENTIAL: '212.5',
  BUSINESS_AND_PERSONAL_SERVICES: '0',
  MERCANTILE: '0',
  INDUSTRIAL: '0',
  INTERIOR_ALTERATIONS: '0',
  DEMOLITION: '0',
};

/** The row of a record like `usual`; `fields` replace its values. A column without one is null. */
function rowOf(fields: Readonly<Record<string, string>>): string {
  const values = FEED_COLUMNS.map(([name]) => fields[name] ?? USUAL_VALUES[name] ?? '\\N');
  return [...values, fields.extra ?? '{}'].join('\t');
}

const ROWS: readonly (readonly [text: string, row: string])[] = [
  [usual, rowOf({})],
  [usual.replace('"POSTAL":"M5V"', '"POSTAL":"  "'), rowOf({ POSTAL: '\\N' })],
  [usual.replace('"STATUS":"', '"STATUS":"  '), rowOf({})],
  [usual.replace('"RESIDENTIAL":212.5', '"RESIDENTIAL":212.50'), rowOf({})],
  [
    usual.replace('a two', 'a \\"½\\"\\n'),
    rowOf({ DESCRIPTION: 'Construct a "½"\\n storey dwelling' }),
  ],
  [usual.replace('2026-02-10', '2026/02/10'), rowOf({})],
  [
    usual.replace('"450,000"', '" 97,3000 "'),
    rowOf({ EST_CONST_COST: '\\N', extra: '{"EST_CONST_COST":"97,3000"}' }),
  ],
  [usual.replace('"450,000"', '"*** not used ***"'), rowOf({ EST_CONST_COST: '\\N' })],
  [
    usual.replace('"DWELLING_UNITS_LOST":"0"', '"DWELLING_UNITS_LOST":3000000000'),
    rowOf({ DWELLING_UNITS_LOST: '\\N', extra: '{"DWELLING_UNITS_LOST":3000000000}' }),
  ],
  [usual.replace('"1234567"', '9007199254740993'), rowOf({ GEO_ID: '9007199254740993' })],
  [usual.replace('"1234567"', '1E3'), rowOf({ GEO_ID: '1000' })],
  [
    usual.replace('212.5', '12345678901234.567891'),
    rowOf({ RESIDENTIAL: '12345678901234.567891' }),
  ],
  [usual.replace('212.5', '-1.50E-7'), rowOf({ RESIDENTIAL: '-0.00000015' })],
  [usual.replace('212.5', '-0.0'), rowOf({ RESIDENTIAL: '0' })],
  [
    usual.replace('{', '{"NEW":[9007199254740993,1e400,1.10,-0,1e3,0.0],'),
    rowOf({ extra: '{"NEW":[9007199254740993,1e+400,1.1,0,1000,0]}' }),
  ],
  [usual.replace('"2026-02-10"', '"2026-02-10T23:59:59.9-05:00"'), rowOf({})],
  [usual.replace('"_id"', '"\ufeff_id"').replace('"STATUS"', '" STATUS "'), rowOf({})],
  [usual.replace('"_id"', '"\\ufeff_id"'), rowOf({})],
  [usual.replace('{', '{" STATUS":"no","STATUS ":"no",'), rowOf({})],
  [usual.replace('"450,000"', '450000.00'), rowOf({})],
  [usual.replace(',"GEO_ID":"1234567"', ''), rowOf({ GEO_ID: '\\N' })],
  [usual.replace('{', '{"NEW": "a\\tb",'), rowOf({ extra: '{"NEW":"a\\\\tb"}' })],
];

const REASONS: readonly (readonly [text: string, reason: string])[] = [
  ['[]', 'not an object'],
  ['{', 'not valid JSON'],
  [usual.replace('"00"', 'null'), 'REVISION_NUM: null is not a key'],
  [usual.replace('2026-02-10', '2026-02-30'), 'ISSUED_DATE: "2026-02-30" is not a date'],
  [usual.replace('212.5', '"much"'), 'RESIDENTIAL: "much" is not a number'],
  [usual.replace('212.5', '1e999999999'), 'RESIDENTIAL: 1e999999999 is not a number'],
  [usual.replace('"450,000"', '1e999999999'), 'extra: 1e999999999 is not a number'],
  [usual.replace('{', '{"NEW":[-1e-999999999],'), 'extra: -1e-999999999 is not a number'],
  ['9007199254740993', 'not an object'],
  [usual.replace('"SFD"', '['.repeat(99_999) + ']'.repeat(99_999)), 'nested too deeply'],
];

describe.each(MAPPERS)('the %s mapper', (_, create, mayLeave) => {
  const map = (text: string | Buffer) => {
    const mapper = create();
    mapper.map(Buffer.from(usual));
    const mapped = mapper.map(Buffer.from(text as string));
    return mapped instanceof Buffer ? mapped.toString() : mapped;
  };

  test.each(ROWS)('maps %s', (text, row) => {
    const mapped = map(text);
    if (mapped === null) expect(mayLeave).toBe(true);
    else expect(mapped).toBe(row);
  });

  test.each(REASONS)('has no row for %s', (text, reason) => {
    expect(map(text)).toEqual(mayLeave ? null : { reason });
  });

  test('has no row for bytes that are not UTF-8', () => {
    const bytes = Buffer.from(usual.replace('EXAMPLE', 'EXAMPL\u00e9'), 'latin1');
    expect(map(bytes)).toEqual(mayLeave ? null : { reason: 'not valid UTF-8' });
  });
});

test('the fast mapper maps a usual record, and grows its buffer for a long one', () => {
  const mapper = createFastMapper();
  const long = usual.replace('Construct', 'x'.repeat(100_000));
  expect(mapper.map(Buffer.from(usual))?.toString()).toBe(rowOf({}));
  expect(mapper.map(Buffer.from(long))?.toString()).toContain('x'.repeat(100_000));
});

describe('with ignored columns', () => {
  const daily = usual.replace('}', ',"LAST_REFRESHED":"2026-11-28T06:00:00"}');
  const ignored = new Set(['LAST_REFRESHED']);

  test('they are not stored, however they are spelled', () => {
    const mapper = createRecordMapper(ignored);
    const texts = [
      daily,
      daily.replace('"LAST_REFRESHED"', '" LAST_REFRESHED"'),
      daily.replace('T06', '\\nT06'),
    ];
    for (const text of texts) {
      expect(mapper.map(Buffer.from(text)).toString()).toBe(rowOf({}));
    }
  });

  test('the fast mapper maps their records', () => {
    const dropped = new Set([...DROPPED_COLUMNS, ...ignored]);
    expect(createFastMapper(dropped).map(Buffer.from(daily))?.toString()).toBe(rowOf({}));
  });
});
