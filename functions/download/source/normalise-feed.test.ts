import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { transient } from '../../shared/errors.ts';
import { toParts } from '../testing/to-parts.ts';
import { normaliseFeed } from './normalise-feed.ts';
import type { Feed } from './open-feed.ts';

type Row = Readonly<Record<string, unknown>>;

function toFeed(text: string | Buffer, cuts: readonly number[] = []): Feed {
  return {
    source: 'the feed',
    body: toParts(Buffer.from(text), cuts),
  };
}

const MAX_BYTES = 1_000_000;

async function normalise(feed: Feed): Promise<string> {
  return (await buffer(normaliseFeed(feed, MAX_BYTES))).toString();
}

/** The text that was yielded before the error, and the error. */
async function normaliseUntilError(feed: Feed, maxBytes = MAX_BYTES) {
  const given: Buffer[] = [];
  try {
    for await (const bytes of normaliseFeed(feed, maxBytes)) given.push(bytes);
  } catch (error) {
    return { given: Buffer.concat(given).toString(), error };
  }
  throw new Error('There was no error');
}

const FIELDS = ['_id', 'PERMIT_NUM', 'DESCRIPTION', 'RESIDENTIAL'] as const;

/** `/datastore/dump/<id>?format=json`: records are lists in the order of the fields. */
function toDump(rows: readonly Row[]): string {
  return JSON.stringify({
    fields: FIELDS.map((id) => ({ id, type: 'text' })),
    records: rows.map((row) => FIELDS.map((field) => row[field])),
  });
}

/** One response of datastore_search. */
function toPage(records: readonly Row[], total: number): string {
  return JSON.stringify({
    help: 'https://…/help_show?name=datastore_search',
    success: true,
    result: {
      include_total: true,
      limit: records.length,
      records_format: 'objects',
      records,
      fields: FIELDS.map((id) => ({ id, type: 'text' })),
      _links: { start: '/', next: '/' },
      total,
    },
  });
}

const row: fc.Arbitrary<Row> = fc.record({
  _id: fc.nat(),
  PERMIT_NUM: fc.string({ unit: 'binary' }),
  DESCRIPTION: fc.oneof(fc.constantFrom(null, '[]{}",\\ \n', '"records": [', '½ 😀'), fc.string()),
  RESIDENTIAL: fc.oneof(fc.constant(null), fc.integer(), fc.constant(0.9)),
});
const rows = fc.array(row, { maxLength: 6 });
const cuts = fc.array(fc.nat(), { maxLength: 12 });

describe('a bare array', () => {
  test('is passed on byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(rows, cuts, fc.constantFrom(0, 2), async (records, places, indent) => {
        const text = JSON.stringify(records, null, indent);
        expect(await normalise(toFeed(text, places))).toBe(text);
      }),
    );
  });

  test.each([' \r\n\t[{}]', '\uFEFF[{}]', '\uFEFF \n[{}]', gzipSync('\uFEFF\n[{}]')])(
    'loses what stands before it: %j',
    async (text) => {
      expect(await normalise(toFeed(text, [1, 2, 3]))).toBe('[{}]');
    },
  );

  test.each(['', ' \n', '[]', '[{"a": 1}', 'gibberish'])(
    'is not looked into: %j is for the splitter to judge',
    async (text) => {
      expect(await normalise(toFeed(text))).toBe(text.trimStart());
    },
  );
});

describe('HTML', () => {
  test('is passed on whole, so it can be stored, and is a transient error', async () => {
    const { given, error } = await normaliseUntilError(toFeed('\n<html>sorry</html>', [3, 8]));
    expect(given).toBe('<html>sorry</html>');
    expect(error).toMatchObject({
      code: 'feed_not_json',
      outcome: 'transient',
      message: expect.stringContaining('the feed'),
    });
  });
});

describe('a datastore dump', () => {
  test('yields the records of the bare array', async () => {
    await fc.assert(
      fc.asyncProperty(rows, cuts, fc.constantFrom('', '\uFEFF'), async (records, places, mark) => {
        const text = await normalise(toFeed(mark + toDump(records), places));
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(records)));
      }),
    );
  });

  test('keeps numbers as they are written', async () => {
    const numbers = '9007199254740993,12345678901234.567891,-0,1.10,1e400,[1E3]';
    const text = `{"fields": [${'abcdef'.replace(/./g, '{"id":"$&"},').slice(0, -1)}], "records": [[${numbers}]]}`;
    expect(await normalise(toFeed(text, [90, 100, 110]))).toBe(
      '[{"a":9007199254740993,"b":12345678901234.567891,"c":-0,"d":1.10,"e":1e400,"f":[1E3]}]',
    );
  });

  test.each(['{}', '{"id": 5}', 'null'])('is malformed with the field %s', async (field) => {
    const { error } = await normaliseUntilError(toFeed(`{"fields": [${field}], "records": [[1]]}`));
    expect(error).toMatchObject({
      code: 'feed_malformed',
      message: expect.stringContaining('a field without an id'),
    });
  });

  test('is malformed if its records come before its fields, because their values have no names yet', async () => {
    const text = '{"records": [[1, "a"]], "fields": [{"id": "_id"}, {"id": "PERMIT_NUM"}]}';
    const { error } = await normaliseUntilError(toFeed(text));
    expect(error).toMatchObject({
      code: 'feed_malformed',
      outcome: 'permanent',
      hint: expect.stringContaining('fields before its records'),
    });
  });

  test('is malformed with more fields than a table can have', async () => {
    const toDumpOf = (fields: number) =>
      JSON.stringify({ fields: Array(fields).fill({ id: 'x' }), records: [] });
    expect(await normalise(toFeed(toDumpOf(1_600)))).toBe('[]');
    const { error } = await normaliseUntilError(toFeed(toDumpOf(1_601)));
    expect(error).toMatchObject({ code: 'feed_malformed', outcome: 'permanent' });
  });

  test.each([
    ['fewer', '[1]'],
    ['more', '[1, "a", 3]'],
  ])('is malformed with %s values than fields: nothing is dropped silently', async (_, list) => {
    const text = `{"fields": [{"id": "_id"}, {"id": "PERMIT_NUM"}], "records": [${list}]}`;
    const { error } = await normaliseUntilError(toFeed(text));
    expect(error).toMatchObject({ code: 'feed_malformed', outcome: 'permanent' });
  });
});

describe('pages of a datastore_search', () => {
  test('yield the records of the bare array', async () => {
    const asPages = fc.record({ limit: fc.integer({ min: 1, max: 4 }), skipped: fc.nat(3) });
    await fc.assert(
      fc.asyncProperty(rows, asPages, cuts, async (records, { limit, skipped }, places) => {
        const table = [...Array(skipped).fill({}), ...records];
        const open = async (offset: number) =>
          toParts(Buffer.from(toPage(table.slice(offset, offset + limit), table.length)), places);
        const pages = { offset: skipped, open };
        const text = await normalise({ source: 'x', body: await open(skipped), pages });
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(records)));
      }),
    );
  });

  /** Pages that are answered one after the other. */
  function toPages(...answers: readonly string[]): Feed {
    const [first = '', ...others] = answers.map((answer) => toParts(Buffer.from(answer)));
    const open = async () => others.shift() ?? toParts(Buffer.from(toPage([], 0)));
    const source = 'https://portal.example/datastore_search';
    return { source, body: first as AsyncIterable<Buffer>, pages: { offset: 0, open } };
  }

  test('keep numbers as they are written', async () => {
    const text = toPage([{ a: 1.5, b: 2 }], 1)
      .replace('1.5', '9007199254740993')
      .replace(':2}', ':-0.0}');
    expect(await normalise(toPages(text))).toBe('[{"a":9007199254740993,"b":-0.0}]');
  });

  test.each([
    [
      'end before the total',
      [toPage([{ _id: 1 }], 3), toPage([], 3)],
      'has 1 records, though its total is 3',
    ],
    [
      'go beyond the total',
      [toPage([{ _id: 1 }, {}, {}], 2)],
      'has 3 records, though its total is 2',
    ],
    [
      'have another total',
      [toPage([{ _id: 1 }], 3), toPage([{}], 2)],
      'its total was 3 and is 2 on page 2',
    ],
  ])('are truncated if they %s: the City may be loading the table', async (_, answers, message) => {
    const { error } = await normaliseUntilError(toPages(...answers));
    expect(error).toMatchObject({
      code: 'feed_truncated',
      outcome: 'transient',
      message: expect.stringContaining(message),
    });
  });

  test('are truncated if more than ten permits are on two of them: rows moved', async () => {
    const rowsOf = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => ({
        PERMIT_NUM: `${from + index}`,
        REVISION_NUM: '00',
        PERMIT_TYPE: 'x',
      }));
    const readTwo = (from: number) =>
      normalise(
        toPages(
          toPage([...rowsOf(0, 20), ...rowsOf(0, 20)], 60),
          toPage(rowsOf(from, from + 20), 60),
        ),
      );
    expect(JSON.parse(await readTwo(10))).toHaveLength(60);
    await expect(readTwo(9)).rejects.toMatchObject({
      code: 'feed_truncated',
      outcome: 'transient',
      message: expect.stringContaining('more than 10 permits are on two pages, such as 19'),
    });
  });

  test('without a total are read up to an empty one', async () => {
    const page = (records: string) => `{"result": {"records": [${records}]}}`;
    expect(await normalise(toPages(page('1, 2'), page('3'), page(''), page('4')))).toBe(
      '[1, 2, 3]',
    );
  });

  test('are not requested if the first one is saved; it must have all records', async () => {
    const saved = toFeed(toPage([{ _id: 1 }], 3));
    const { error } = await normaliseUntilError(saved);
    expect(error).toMatchObject({
      code: 'feed_truncated',
      outcome: 'permanent',
      message: 'the feed has 1 records, though its total is 3',
      hint: expect.stringContaining('JSON download'),
    });
    const url = { ...toFeed(toPage([{ _id: 1 }], 3)), source: 'https://example.com/page.json' };
    expect((await normaliseUntilError(url)).error).toMatchObject({ outcome: 'transient' });
    const part = { ...toFeed(toPage([{ _id: 1 }], 3)), isPart: true };
    expect(await normalise(part)).toBe('[{"_id":1}]');
  });

  test('may hold records that are not objects, for the mapper to reject', async () => {
    const text = '{"result": {"records": [null, "text", 5]}}';
    expect(await normalise(toFeed(text))).toBe('[null, "text", 5]');
  });

  test('are a transient error if a later one is HTML', async () => {
    const feed: Feed = {
      source: 'the feed',
      body: toParts(Buffer.from(toPage([{ _id: 1 }], 2))),
      pages: { offset: 0, open: async () => toParts(Buffer.from('<html>sorry</html>')) },
    };
    const { error } = await normaliseUntilError(feed);
    expect(error).toMatchObject({ code: 'feed_not_json', outcome: 'transient' });
  });
});

describe('an object that is not a feed', () => {
  test('is refused if it holds an error, and the message has the error', async () => {
    const text = '{"help": "…", "success": false, "error": {"__type": "Not Found Error"}}';
    const { error } = await normaliseUntilError(toFeed(text));
    expect(error).toMatchObject({
      code: 'feed_refused',
      outcome: 'permanent',
      message: expect.stringContaining('Not Found Error'),
    });
  });

  test.each([
    '{}',
    '{"success": false}',
    '{"result": {"total": 3}}',
    '{"records": "_id,PERMIT_NUM"}',
    '{"other": {"records": []}}',
    '{"result": {"deeper": {"records": [{}]}}}',
  ])('is malformed without a list of records: %j', async (text) => {
    const { error } = await normaliseUntilError(toFeed(text));
    expect(error).toMatchObject({ code: 'feed_malformed', outcome: 'permanent' });
  });

  test('is truncated wherever it is cut', async () => {
    for (const text of [toDump([{ _id: 12 }, { _id: 3 }]), toPage([{ _id: 1.5 }], 1)]) {
      for (let length = 1; length < text.length; length += 1) {
        const { error } = await normaliseUntilError(toFeed(text.slice(0, length)));
        expect([length, error]).toMatchObject([
          length,
          { code: 'feed_truncated', outcome: 'transient' },
        ]);
      }
    }
  });

  test.each([
    '{"records": [{"a": 1}, oops, {"b": 2}]}',
    '{"records": [{"a" 1}]}',
    '{"records": [{"a": 1}}',
    '{"records": []} and more',
    '{records: []}',
  ])('is malformed if it is complete and wrong: %j', async (text) => {
    for (const cut of [0, 4, text.length - 1]) {
      const { error } = await normaliseUntilError(toFeed(text, [cut]));
      expect(error).toMatchObject({ code: 'feed_malformed', outcome: 'permanent' });
    }
  });

  test('passes on an error of its source', async () => {
    const thrown = transient('feed_unavailable', 'it broke off');
    const body = (async function* () {
      yield Buffer.from('{"records": [{"a": 1}, ');
      throw thrown;
    })();
    const { error } = await normaliseUntilError({ source: 'the feed', body });
    expect(error).toBe(thrown);
  });
});
