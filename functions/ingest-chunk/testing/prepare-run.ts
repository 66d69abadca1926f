import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { packChunks } from '../../shared/chunks/pack-chunks.ts';
import { insertChunk } from '../../shared/chunks/write-chunk-index.ts';
import type { Context } from '../../shared/context.ts';
import { openRun } from '../../shared/sync-runs.ts';

/** Stores a feed and its chunk index as download does, with `chunkRecords` records per chunk. */
export async function prepareRun(
  context: Context,
  feed: string | Buffer,
  chunkRecords = 5_000,
): Promise<number> {
  const run = await openRun(context, { executionId: randomUUID(), trigger: 'manual' });
  const file = context.bucket.file(`runs/${run.id}/feed.json.gz`);
  const text = async function* () {
    yield Buffer.from(feed);
  };
  const client = await context.pool.connect();
  let chunks = 0;
  const packed = packChunks(text(), chunkRecords, {
    onText() {},
    onRecord() {},
    onChunk(chunk) {
      chunks += 1;
      return insertChunk(client, run.id, chunks, chunk);
    },
    onEnd() {},
  });
  await file.save(await buffer(packed));
  client.release();
  await context.db
    .updateTable('sync_runs')
    .set({ snapshot_path: file.cloudStorageURI.href, chunks_total: chunks })
    .where('id', '=', run.id)
    .execute();
  return run.id;
}
