import { hash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { MAX_RECORD_BYTES } from '../../shared/chunks/split-records.ts';
import { type FeedRecord, permitRecord } from '../../shared/testing/permit-record.ts';

/** The environment of the table's runs. */
export const BAD_FEEDS_ENVIRONMENT = {
  MAX_FEED_BYTES: String(4 * MAX_RECORD_BYTES),
  MAX_REJECTED_PERCENT: '90',
};

/** A run that fails: its code, and the part of the message that names the place or the value. */
export type Refusal = readonly [code: string, message: string];

/** A run that completes: how many records it stores, and part of each reject's reason. */
export type Completion = readonly [stored: number, ...reasons: readonly string[]];

export type BadFeed = readonly [name: string, feed: string | Buffer, Refusal | Completion];

const NUL = '\0';
const A = JSON.stringify(permitRecord(1));
const B = JSON.stringify(permitRecord(2));
const TWO = `[${A}, ${B}]`;

/** A feed whose second of three records is `text`. */
function between(text: string | Buffer): Buffer {
  return Buffer.concat([Buffer.from(`[${A}, `), Buffer.from(text), Buffer.from(`, ${B}]`)]);
}

/** A feed whose second record is complete and has these fields. */
function betweenWith(fields: FeedRecord): Buffer {
  return between(JSON.stringify(permitRecord(3, fields)));
}

/** A feed whose second record is complete, with `found` in its text replaced. */
function betweenReplacing(found: string, replacement: string | Buffer): Buffer {
  const [before = '', after = ''] = JSON.stringify(permitRecord(3)).split(found);
  return between(
    Buffer.concat([Buffer.from(before), Buffer.from(replacement), Buffer.from(after)]),
  );
}

/** Longer than an index row may be, even compressed. */
const INDIGESTIBLE = Array.from({ length: 100 }, (_, i) => hash('sha512', `${i}`)).join('');

const status = '"Permit Issued"';
const area = '212.5';
function nest(levels: number): string {
  return '['.repeat(levels) + ']'.repeat(levels);
}
function dump(records: string): string {
  return `{"fields": [{"id": "PERMIT_NUM"}, {"id": "REVISION_NUM"}, {"id": "PERMIT_TYPE"}], "records": ${records}}`;
}
function page(records: string, total = 1): string {
  return `{"success": true, "result": {"records": [${records}], "total": ${total}}}`;
}
function cut(text: string, after: string): string {
  return text.slice(0, text.lastIndexOf(after) + after.length);
}
function without(column: string): string {
  const records = [permitRecord(1), permitRecord(2)];
  return JSON.stringify(records.map((record) => ({ ...record, [column]: undefined })));
}
const gzipped = gzipSync(TWO);

export const BAD_FEEDS: readonly BadFeed[] = [
  // No records.
  ['an empty body', '', ['feed_truncated', 'ends at byte 0']],
  ['white space only', ' \r\n\t ', ['feed_truncated', 'ends at byte 0']],
  ['a byte order mark only', '\uFEFF', ['feed_truncated', 'ends at byte 0']],
  ['an empty array', '[]', ['feed_shrank', 'no records']],
  ['an empty array in white space', '\n [ ] \n', ['feed_shrank', 'no records']],
  ['null', 'null', ['feed_malformed', 'byte 0 is "n"']],
  ['a number', '17', ['feed_malformed', 'byte 0 is "1"']],
  ['a string', '"[]"', ['feed_malformed', 'byte 0 is "\\""']],
  ['an empty object', '{}', ['feed_malformed', 'without a list of records']],
  ['an empty list of records', '{"records": []}', ['feed_shrank', 'no records']],

  // One and two good records, for comparison.
  ['one record', `[${A}]`, [1]],
  ['a byte order mark before the array', `\uFEFF${TWO}`, [2]],
  ['a gzipped array', gzipped, [2]],
  ['the same record twice', `[${A}, ${A}]`, [1]],

  // Cut at every point of the structure.
  ['an array cut after its bracket', '[', ['feed_truncated', 'ends at byte 1']],
  ['an array cut after a brace', '[{', ['feed_truncated', 'ends at byte 2']],
  ['an array cut inside a name', '[{"PERM', ['feed_truncated', 'ends at byte 7']],
  ['an array cut after a name', '[{"PERMIT_NUM"', ['feed_truncated', 'ends at byte 14']],
  ['an array cut after a colon', '[{"PERMIT_NUM":', ['feed_truncated', 'ends at byte 15']],
  ['an array cut inside a string', cut(TWO, 'Construct'), ['feed_truncated', 'inside its array']],
  ['an array cut after a backslash', '[{"a": "\\', ['feed_truncated', 'ends at byte 9']],
  ['an array cut inside a \\u escape', '[{"a": "\\u00', ['feed_truncated', 'ends at byte 12']],
  ['an array cut inside a number', cut(TWO, '212'), ['feed_truncated', 'inside its array']],
  ['an array cut inside null', cut(TWO, 'nul'), ['feed_truncated', 'inside its array']],
  ['an array cut after a comma inside a record', cut(TWO, ','), ['feed_truncated', 'its array']],
  ['an array cut after a record', `[${A}`, ['feed_truncated', 'inside its array']],
  ['an array cut between two records', `[${A}, `, ['feed_truncated', 'inside its array']],
  ['an array cut before its last bracket', `[${A}, ${B}`, ['feed_truncated', 'inside its array']],
  [
    'an array cut inside a character',
    Buffer.concat([Buffer.from('[{"a": "'), Buffer.from('é').subarray(0, 1)]),
    ['feed_truncated', 'ends at byte 9'],
  ],
  [
    'a gzipped array cut in the middle',
    gzipped.subarray(0, gzipped.length / 2),
    ['feed_truncated', 'compressed'],
  ],
  ['a gzipped array cut in its head', gzipped.subarray(0, 5), ['feed_truncated', 'compressed']],
  [
    'a dump whose records are not closed',
    dump('[["1", "00"'),
    ['feed_malformed', 'not valid JSON'],
  ],
  ['a dump cut short', dump('[["1", "00"').slice(0, -1), ['feed_truncated', 'not valid JSON']],
  ['a saved page of 300 records', page(A, 300), ['feed_truncated', 'though its total is 300']],
  ['a page cut short', page(A).slice(0, -4), ['feed_truncated', 'not valid JSON']],

  // Not one array.
  ['two arrays', `${TWO} ${TWO}`, ['feed_malformed', 'where the end was expected']],
  ['garbage after the array', `${TWO} and more`, ['feed_malformed', 'is "a" where the end']],
  ['NUL after the array', `${TWO}${NUL}`, ['feed_malformed', 'is "\\u0000" where the end']],
  ['an array in an array', `[${TWO}]`, ['too_many_rejects', '1 of 1 records']],
  ['a comma before the first record', `[,${A}]`, ['feed_malformed', 'byte 1 is ","']],
  ['a comma after the last record', `[${A},]`, ['feed_malformed', 'is "]" where an element']],
  ['two commas between records', `[${A},,${B}]`, ['feed_malformed', 'is "," where an element']],
  ['no comma between records', `[${A} ${B}]`, ['feed_malformed', 'is "{" where ","']],
  ['a bracket too many', `[${A}]]`, ['feed_malformed', 'is "]" where the end']],
  ['NDJSON', `${A}\n${B}\n`, ['feed_malformed', 'not valid JSON']],
  ['CSV', 'PERMIT_NUM,REVISION_NUM\n1,00\n', ['feed_malformed', 'byte 0 is "P"']],
  ['HTML', '<!doctype html><title>503</title>', ['feed_not_json', 'HTML']],
  ['XML', '<?xml version="1.0"?><rows/>', ['feed_not_json', 'HTML or XML']],
  ['gzip of gzip', gzipSync(gzipped), ['feed_malformed', 'byte 0 is "\\u001f"']],
  [
    'gzip with a broken checksum',
    Buffer.concat([gzipped.subarray(0, -8), Buffer.alloc(8)]),
    ['feed_malformed', 'gzip'],
  ],
  [
    'a document with an error',
    '{"success": false, "error": {"message": "Not found: Resource"}}',
    ['feed_refused', 'Not found: Resource'],
  ],
  ['records that are not a list', '{"records": {"a": 1}}', ['feed_malformed', 'list of records']],
  ['a dump with garbage after it', `${dump('[]')}!`, ['feed_malformed', 'not valid JSON']],
  ['a dump with NUL in it', dump(`[${NUL}]`), ['feed_malformed', 'not valid JSON']],
  ['a dump without fields', '{"records": [["1"]]}', ['feed_malformed', 'but 0 fields are known']],

  // Wrong encodings.
  [
    'UTF-16, little endian, marked',
    Buffer.from(`\uFEFF${TWO}`, 'utf16le'),
    ['feed_malformed', 'ÿ'],
  ],
  [
    'UTF-16, little endian',
    Buffer.from(TWO, 'utf16le'),
    ['feed_malformed', 'byte 1 is "\\u0000" where an element'],
  ],
  [
    'UTF-16, big endian',
    Buffer.from(TWO, 'utf16le').swap16(),
    ['feed_malformed', 'byte 0 is "\\u0000"'],
  ],
  [
    'a Latin-1 letter',
    betweenReplacing(status, Buffer.from('"Café"', 'latin1')),
    [2, 'not valid UTF-8'],
  ],
  [
    'a surrogate encoded as UTF-8',
    betweenReplacing(status, Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])),
    [2, 'not valid UTF-8'],
  ],
  [
    'an overlong quote',
    betweenReplacing(status, Buffer.from([0x22, 0xc0, 0xa2, 0x22])),
    [2, 'not valid UTF-8'],
  ],
  [
    'a Latin-1 letter in a dump',
    Buffer.from(dump('[["é", "00", "x"]]'), 'latin1'),
    ['feed_malformed', 'not valid UTF-8'],
  ],
  ['NUL in a string', betweenReplacing(status, `"a${NUL}b"`), [2, 'not valid JSON']],
  ['an escaped NUL in a string', betweenWith({ STATUS: `a${NUL}b` }), [2, '0x00']],
  ['an escaped NUL in a key', betweenWith({ PERMIT_NUM: `a${NUL}b` }), [2, '0x00']],
  [
    'an escaped NUL in a new column',
    betweenWith({ OWN: `a${NUL}b` }),
    [2, 'extra: "a\\u0000b" is'],
  ],
  ['NUL between two records', `[${A}, ${NUL} ${B}]`, ['feed_malformed', '"\\u0000" where an el']],
  ['a lone surrogate', betweenWith({ STATUS: 'a\ud800b' }), [2, 'not valid Unicode']],
  ['a lone surrogate in a key', betweenWith({ PERMIT_NUM: 'a\udc00b' }), [2, 'not valid Unicode']],
  ['a lone surrogate in a new column', betweenWith({ OWN: '\ud800' }), [2, 'extra: "\\ud800" is']],
  ['a lone surrogate in a new name', betweenWith({ 'OWN\udfff': 'x' }), [2, 'Unicode']],
  [
    'a date that the message cuts inside a surrogate pair',
    betweenWith({ ISSUED_DATE: `${'x'.repeat(58)}😀` }),
    [2, 'is not a date'],
  ],

  // Records that are not objects, or are invalid.
  ['null for a record', between('null'), [2, 'not an object']],
  ['a number for a record', between('17'), [2, 'not an object']],
  ['a string for a record', between('"x"'), [2, 'not an object']],
  ['an array for a record', between('[1, 2]'), [2, 'not an object']],
  ['an object without columns', between('{}'), [2, 'PERMIT_NUM: undefined is not a key']],
  ['nonsense for a record', between('oops'), [2, 'not valid JSON']],
  ['NaN for a number', betweenReplacing(area, 'NaN'), [2, 'not valid JSON']],
  ['single quotes', between("{'PERMIT_NUM': 1}"), [2, 'not valid JSON']],
  ['a comma after the last value', betweenReplacing('"BUILDER_NAME":null', ''), [2, 'not valid']],
  ['a comment', betweenReplacing(status, '/* ? */ "x"'), [2, 'not valid JSON']],
  ['a line feed in a string', betweenReplacing(status, '"a\nb"'), [2, 'not valid JSON']],
  ['brackets that do not match', between('{"a": [1}]'), [2, 'not valid JSON']],
  ['a bracket that is not closed', between('{"a": [1}'), ['feed_truncated', 'inside its array']],
  ['a repeated name: the last value wins', betweenReplacing(status, '"x", "STATUS": "y"'), [3]],
  [
    'a repeated key column: the last value wins',
    betweenReplacing('"WORK":', '"PERMIT_NUM": "", "WORK":'),
    [2, 'PERMIT_NUM: "" is not a key'],
  ],
  ['the name __proto__', betweenReplacing('"WORK":', '"__proto__": {"a": 1}, "WORK":'), [3]],
  ['an object for a text', betweenWith({ STATUS: { a: 1 } }), [2, 'STATUS: an object is not text']],
  ['a list for a text', betweenWith({ STATUS: ['a'] }), [2, 'STATUS: a list is not text']],
  ['an object for a date', betweenWith({ ISSUED_DATE: {} }), [2, 'an object is not a date']],
  ['a number for a key', betweenWith({ PERMIT_NUM: 5 }), [2, 'PERMIT_NUM: 5 is not a key']],
  ['null for a key', betweenWith({ PERMIT_TYPE: null }), [2, 'PERMIT_TYPE: null is not a key']],
  ['blanks for a key', betweenWith({ REVISION_NUM: '  ' }), [2, 'REVISION_NUM: "  " is not']],

  // Numbers and dates.
  ['1e999 for an area', betweenReplacing(area, '1e999'), [3]],
  ['1e9999 for an area', betweenReplacing(area, '1e9999'), [2, 'RESIDENTIAL: 1e9999 is not a n']],
  ['-1e9999 for a text', betweenReplacing(status, '-1e9999'), [2, 'STATUS: -1e9999 is not text']],
  ['1e9999 for a cost', betweenReplacing('"450,000"', '1e9999'), [2, 'extra: 1e9999 is not a n']],
  ['1e999 in a new column', betweenReplacing('"WORK":', '"OWN": [1e999], "WORK":'), [3]],
  [
    '1e999999999 in a new column',
    betweenReplacing('"WORK":', '"OWN": [1e999999999], "WORK":'),
    [2, 'extra: 1e999999999 is not a number'],
  ],
  ['1e999 in a page', page(A.replace(area, '1e999')), [1]],
  ['a 400-digit area', betweenReplacing(area, '9'.repeat(400)), [3]],
  ['a 400-digit area as text', betweenWith({ RESIDENTIAL: '9'.repeat(400) }), [3]],
  ['a 200,000-digit area', betweenWith({ RESIDENTIAL: '9'.repeat(200_000) }), [2, 'overflow']],
  ['words for an area', betweenWith({ RESIDENTIAL: 'large' }), [2, '"large" is not a number']],
  ['30 February', betweenWith({ ISSUED_DATE: '2026-02-30' }), [2, '"2026-02-30" is not a date']],
  ['29 February 2025', betweenWith({ ISSUED_DATE: '2025/02/29' }), [2, 'is not a date']],
  ['no time of day', betweenWith({ ISSUED_DATE: '2024-01-15T:::99' }), [2, 'is not a date']],
  ['a time of 99:99:99', betweenWith({ ISSUED_DATE: '20240115999999' }), [2, 'is not a date']],
  ['month 13', betweenWith({ APPLICATION_DATE: '20261301000000' }), [2, 'APPLICATION_DATE']],
  ['year 0', betweenWith({ ISSUED_DATE: '0000-01-01' }), [2, 'out of range']],
  ['a number for a date', betweenWith({ ISSUED_DATE: 20260101 }), [2, '20260101 is not a date']],

  // Too large, too deep.
  ['100,000 levels for a record', between(nest(100_000)), [2, 'nested too deeply']],
  ['100,000 levels for a text', betweenReplacing(status, nest(100_000)), [2, 'nested too deeply']],
  ['200 levels for a text', betweenReplacing(status, nest(200)), [2, 'a list is not text']],
  [
    '200 levels in a new column',
    betweenReplacing('"WORK":', `"OWN": ${nest(200)}, "WORK":`),
    [2, 'nested deeper than 100 levels'],
  ],
  [
    '100,000 levels in a new column',
    betweenReplacing('"WORK":', `"OWN": ${nest(100_000)}, "WORK":`),
    [2, 'nested too deeply'],
  ],
  ['100,000 levels never closed', `[${'['.repeat(100_000)}`, ['feed_truncated', 'byte 100001']],
  ['100,000 levels in a dump', dump(nest(100_000)), ['feed_malformed', 'deeper than 100 levels']],
  ['a long description', betweenWith({ DESCRIPTION: 'x'.repeat(900_000) }), [3]],
  ['a key longer than an index can hold', betweenWith({ PERMIT_NUM: INDIGESTIBLE }), [2, 'ind']],
  [
    'a record over 1 MiB',
    betweenWith({ DESCRIPTION: 'x'.repeat(MAX_RECORD_BYTES) }),
    [2, 'larger than 1048576 bytes'],
  ],
  [
    'a record over 1 MiB in a page',
    page(JSON.stringify(permitRecord(1, { DESCRIPTION: 'x'.repeat(2 * MAX_RECORD_BYTES) }))),
    ['record_too_large', 'more than 1048576 bytes'],
  ],
  ['a record that never ends', `[{"a": "${'x'.repeat(2_000_000)}`, ['feed_truncated', '2000008']],
  ['a compressed bomb', gzipSync(`[${' '.repeat(5_000_000)}`), ['feed_too_large', '4194304 bytes']],
  [
    'a compressed bomb with records',
    gzipSync(`{"records": [${`"${'x'.repeat(1_000)}", `.repeat(5_000)}`),
    ['feed_too_large', '4194304 bytes'],
  ],

  // Missing and new columns.
  ['no PERMIT_NUM', without('PERMIT_NUM'), ['schema_drift', 'PERMIT_NUM']],
  ['no REVISION_NUM', without('REVISION_NUM'), ['schema_drift', 'REVISION_NUM']],
  ['no PERMIT_TYPE', without('PERMIT_TYPE'), ['schema_drift', 'PERMIT_TYPE']],
  [
    'names in lower case',
    TWO.toLowerCase(),
    ['schema_drift', 'no PERMIT_NUM, REVISION_NUM, PERMIT_TYPE; unmapped columns: permit_num'],
  ],
  ['a dump without a key', '{"fields": [{"id": "x"}], "records": [[1]]}', ['schema_drift', 'x']],
  ['no STATUS: any other column may be missing', without('STATUS'), [2]],
  ['a new column', betweenWith({ COUNCILLOR: 'x' }), [3]],
  ['a name in blanks', betweenReplacing('"STATUS"', '" STATUS "'), [3]],
  ['nothing but rejects', '[1, 2, 3]', ['too_many_rejects', '100.0 %']],
];
