import { type Kysely, sql } from 'kysely';
import type { Database } from '../../functions/shared/schema.ts';

export interface ChunkProgress {
  readonly chunksDone: number;
  readonly chunksTotal: number;
  readonly recordsDone: number;
  readonly recordsTotal: number;
}

/** Reads the progress of an execution's run from its chunks. */
export function readProgress(db: Kysely<Database>, executionId: string): Promise<ChunkProgress> {
  const sum = (expression: string) => sql<number>`coalesce(${sql.raw(expression)}, 0)::integer`;
  return db
    .selectFrom('sync_chunks')
    .innerJoin('sync_runs', 'sync_runs.id', 'sync_chunks.run_id')
    .where('execution_id', '=', executionId)
    .select([
      sum("count(*) filter (where sync_chunks.status = 'done')").as('chunksDone'),
      sum('count(*)').as('chunksTotal'),
      sum("sum(record_count) filter (where sync_chunks.status = 'done')").as('recordsDone'),
      sum('sum(record_count)').as('recordsTotal'),
    ])
    .executeTakeFirstOrThrow();
}

/** Reads the data-quality snapshot taken after a run, as JSON. */
export async function findSnapshot(
  db: Kysely<Database>,
  runId: number,
): Promise<Readonly<Record<string, unknown>> | null> {
  const { rows } = await sql<{ snapshot: Record<string, unknown> }>`
    select to_jsonb(snapshot) as snapshot
    from data_quality_snapshots as snapshot
    where run_id = ${runId}
  `.execute(db);
  return rows[0]?.snapshot ?? null;
}
