import { randomUUID } from 'node:crypto';
import { createChunkCutter } from '../../download/cut-chunks.ts';
import type { Context } from '../../shared/context.ts';
import { openRun } from '../../shared/run-ledger.ts';

/** Stores a feed and its ledger as download does; one chunk holds `chunkRecords` records. */
export const prepareRun = async (
  context: Context,
  feed: string | Buffer,
  chunkRecords = 5_000,
): Promise<number> => {
  const run = await openRun(context, { executionId: randomUUID(), trigger: 'manual' });
  const file = context.bucket.file(`runs/${run.id}/feed.json`);
  await file.save(feed);
  const cutter = createChunkCutter(chunkRecords);
  cutter.write(Buffer.from(feed));
  const rows = cutter.end().chunks.map(({ start, end, records }, index) => ({
    run_id: run.id,
    chunk_number: index + 1,
    byte_start: start,
    byte_end: end,
    record_count: records,
  }));
  await context.db
    .updateTable('sync_runs')
    .set({ snapshot_path: file.cloudStorageURI.href, chunks_total: rows.length })
    .where('id', '=', run.id)
    .execute();
  await context.db.insertInto('sync_chunks').values(rows).execute();
  return run.id;
};
