import { expect, test } from 'vitest';
import { permitRecord } from '../shared/testing/permit-record.ts';
import { createChunkRows } from './chunk-rows.ts';
import { type RowBuffer, withRowBuffer } from './row-buffer.ts';

function lend() {
  return withRowBuffer((buffer) => Promise.resolve(buffer));
}

test('a buffer is reused once its work has ended or failed, and never shared before', async () => {
  const first = await lend();
  const failed = withRowBuffer((buffer) => {
    expect(buffer).toBe(first);
    return Promise.reject(new Error('no database'));
  });
  const second = await lend();
  expect(second).not.toBe(first);
  await expect(failed).rejects.toThrow('no database');
  expect([first, second]).toContain(await lend());
});

test('a buffer that has grown is not kept', async () => {
  const grown = await withRowBuffer(async (buffer) => {
    buffer.bytes = Buffer.alloc(2 * buffer.bytes.length);
    return buffer;
  });
  expect(await lend()).not.toBe(grown);
});

test('rows that outgrow the buffer are the same', () => {
  const map = (buffer: RowBuffer) => {
    const chunkRows = createChunkRows(
      { run_id: 1, chunk_number: 2, started_at: '2026-11-25' },
      buffer,
    );
    for (const position of [1, 2, 3, 4]) {
      const record = permitRecord(position, { DESCRIPTION: '½ \n'.repeat(300 * position) });
      const bytes = Buffer.from(JSON.stringify(record));
      chunkRows.write({ position, fingerprint: null, isTooLarge: false, bytes });
    }
    const { records, rows } = chunkRows.end().incoming;
    return { records, rows: rows.toString() };
  };
  const small = { bytes: Buffer.alloc(16) };
  const mapped = map(small);
  expect(mapped).toEqual(map({ bytes: Buffer.alloc(1 << 20) }));
  expect(mapped.records).toBe(4);
  expect(small.bytes.length).toBeGreaterThan(mapped.rows.length);
});
