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

  test('are truncated if they end before the total: the City may be loading the table', async () => {
    const open = async () => toParts(Buffer.from(toPage([], 3)));
    const body = toParts(Buffer.from(toPage([{ _id: 1 }], 3)));
    const feed = { source: 'the feed', body, pages: { offset: 0, open } };
    const { error } = await normaliseUntilError(feed);
    expect(error).toMatchObject({
      code: 'feed_truncated',
      outcome: 'transient',
      message: expect.stringContaining('no records from 1 on, though its total is 3'),
    });
  });

  test('are not requested if the first one comes from a file', async () => {
    expect(await normalise(toFeed(toPage([{ _id: 1 }], 3)))).toBe('[{"_id":1}]');
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
