import type pg from 'pg';

/**
 * Does `work` while no other call does any for the same run; a second one waits for the first. Two
 * downloads at once could leave the ranges of one beside the bytes of the other.
 *
 * Takes one connection of the pool for as long as it lasts. Should that break, the lock is lost.
 */
export const withRunLock = async <T>(
  pool: pg.Pool,
  runId: number,
  work: () => Promise<T>,
): Promise<T> => {
  const client = await pool.connect();
  try {
    await client.query("select pg_advisory_lock(hashtext('download'), $1::integer)", [runId]);
    return await work();
  } finally {
    // The lock goes with the session, whatever became of it.
    client.release(true);
  }
};
