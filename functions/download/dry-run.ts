import type pg from 'pg';
import type { Warning } from '../shared/schema.ts';
import { readSqlFile } from '../shared/sql-file.ts';

const COUNT_STORED_FINGERPRINTS = readSqlFile('count-stored-fingerprints');

/** Marks the state to which endDryRun goes back. */
export async function beginDryRun(client: pg.PoolClient): Promise<void> {
  await client.query('savepoint dry_run');
}

/** Takes a dry run's chunks back. @returns a warning that says how much of the feed is stored. */
export async function endDryRun(
  client: pg.PoolClient,
  runId: number,
  records: number,
): Promise<Warning> {
  const { rows } = await client.query<{ records: number }>(COUNT_STORED_FINGERPRINTS, [runId]);
  await client.query('rollback to savepoint dry_run');
  const unchanged = rows[0]?.records ?? 0;
  const message = `The feed has ${records} records, ${unchanged} of them byte for byte what is stored`;
  return { code: 'dry_run', message, records, unchanged };
}
