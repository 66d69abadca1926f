import type { Kysely } from 'kysely';
import type { Database, SyncRun } from '../shared/schema.ts';

const MAX_RUNS = 20;

/** @returns up to 20 runs, newest first. */
export function listRuns(db: Kysely<Database>): Promise<SyncRun[]> {
  return db.selectFrom('sync_runs').selectAll().orderBy('id', 'desc').limit(MAX_RUNS).execute();
}
