import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readMultipartUpload } from './multipart-related.ts';

const BOUNDARY = 'a-boundary';
const HEADER = `multipart/related; boundary=${BOUNDARY}`;

function createBody(content: Uint8Array, newline: string): Buffer {
  const lines = [
    `--${BOUNDARY}`,
    'Content-Type: application/json; charset=utf-8',
    '',
    '{"name":"a"}',
    `--${BOUNDARY}`,
    'content-type: text/csv',
    '',
    '',
  ];
  const end = Buffer.from(`${newline}--${BOUNDARY}--`);
  return Buffer.concat([Buffer.from(lines.join(newline)), content, end]);
}

async function* cut(body: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let start = 0;
  for (const size of sizes) {
    yield body.subarray(start, start + size);
    start += size;
  }
  yield body.subarray(start);
}

async function read(source: AsyncIterable<Buffer>) {
  const { metadata, contentType, content } = await readMultipartUpload(source, HEADER);
  return { metadata, contentType, content: await buffer(content) };
}

// Content that resembles the delimiter, and any other content.
const content = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc
    .array(fc.constantFrom('\r\n', '\n', '--', '\r\n--', 'a-bound', 'a-boundar', 'x'))
    .map((pieces) => new TextEncoder().encode(pieces.join(''))),
);

test.each([
  ['CRLF', '\r\n'],
  ['LF alone', '\n'],
])('any content, cut anywhere, is read completely when lines end with %s', async (_, newline) => {
  await fc.assert(
    fc.asyncProperty(content, fc.array(fc.nat(40), { maxLength: 30 }), async (bytes, sizes) => {
      fc.pre(!Buffer.from(bytes).includes(`--${BOUNDARY}`));
      expect(await read(cut(createBody(bytes, newline), sizes))).toEqual({
        metadata: '{"name":"a"}',
        contentType: 'text/csv',
        content: Buffer.from(bytes),
      });
    }),
  );
});

test('a body that ends before its closing delimiter is refused', async () => {
  const body = createBody(Buffer.alloc(1000, 'x'), '\r\n');
  await expect(read(cut(body.subarray(0, -4), []))).rejects.toThrow('closing delimiter');
  await expect(read(cut(body.subarray(0, 60), []))).rejects.toThrow('two parts');
});

test('a content type without a boundary is refused', async () => {
  const body = cut(createBody(Buffer.alloc(0), '\n'), []);
  await expect(readMultipartUpload(body, 'application/json')).rejects.toThrow('boundary');
});

test.each([
  ['multipart/related; boundary="a-boundary"'],
  ["multipart/related; boundary='a-boundary'"],
  ['multipart/related; type=x; boundary=a-boundary; y=z'],
])('the boundary is found in %s', async (header) => {
  const { metadata } = await readMultipartUpload(
    cut(createBody(Buffer.alloc(0), '\n'), []),
    header,
  );
  expect(metadata).toBe('{"name":"a"}');
});
