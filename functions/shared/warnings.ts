import { type Kysely, sql } from 'kysely';
import type { Database, Warning } from './schema.ts';

/**
 * Adds warnings to a run's row. A warning whose code the run already has is not added again,
 * because a call may be repeated.
 *
 * @returns the warnings that were added.
 */
export async function addWarnings(
  db: Kysely<Database>,
  runId: number,
  warnings: readonly Warning[],
): Promise<readonly Warning[]> {
  const added: Warning[] = [];
  for (const warning of warnings) {
    const known = JSON.stringify([{ code: warning.code }]);
    const { numUpdatedRows } = await db
      .updateTable('sync_runs')
      .set({
        warnings: sql<string>`warnings || jsonb_build_array(${JSON.stringify(warning)}::jsonb)`,
      })
      .where('id', '=', runId)
      .where(sql<boolean>`not warnings @> ${known}::jsonb`)
      .executeTakeFirst();
    if (numUpdatedRows > 0n) added.push(warning);
  }
  return added;
}
