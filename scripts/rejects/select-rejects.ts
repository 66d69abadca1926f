import pg from 'pg';

export interface Reject {
  readonly run_id: number;
  readonly chunk_number: number;
  readonly position: number;
  readonly permit_num: string | null;
  readonly revision_num: string | null;
  readonly permit_type: string | null;
  readonly reason: string;
  readonly record: string;
}

const SELECT_REJECTS = `
  select run_id::integer, chunk_number, position, permit_num, revision_num, permit_type, reason, record
  from sync_rejects
  where run_id = coalesce($1, (select max(id) from sync_runs))
  order by chunk_number, position
`;

/** @returns the rejects of a run, or of the latest run when none is given. */
export async function selectRejects(
  databaseUrl: string,
  run: number | undefined,
): Promise<readonly Reject[]> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    return (await client.query<Reject>(SELECT_REJECTS, [run])).rows;
  } finally {
    await client.end();
  }
}

/** One line, without the record's text, which can name a private person. */
export function formatReject(reject: Reject): string {
  const { run_id, chunk_number, position, permit_num, revision_num, permit_type, reason } = reject;
  const key = [permit_num, revision_num, permit_type].map((part) => part ?? '?').join(' | ');
  return `run ${run_id}  chunk ${chunk_number}  record ${position}  ${key}  ${reason}\n`;
}
