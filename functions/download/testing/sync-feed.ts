import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../../shared/context.ts';
import type { DownloadRequest } from '../contract.ts';
import { type SyncedRun, syncOnce } from './sync-once.ts';

export interface SyncedFeed extends SyncedRun {
  readonly rejects: readonly { readonly reason: string; readonly record: string }[];
}

/** Syncs a feed from a file in `folder`. */
export async function syncFeed(
  context: Context,
  folder: string,
  feed: string | Buffer,
  fields: Partial<DownloadRequest> = {},
): Promise<SyncedFeed> {
  const file_path = join(folder, `${randomUUID()}.json`);
  await writeFile(file_path, feed);
  const synced = await syncOnce(context, { file_path, ...fields });
  const { rows: rejects } = await context.pool.query(
    'select reason, record from sync_rejects where run_id = $1 order by chunk_number, position',
    [synced.run.id],
  );
  return { ...synced, rejects };
}
