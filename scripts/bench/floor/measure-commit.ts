import type { BenchDatabase } from '../database/bench-database.ts';
import { spreadOf } from '../report/spread.ts';

const COMMITS = 500;

/**
 * Measures the median milliseconds of a transaction that only commits. A row at a time waits this
 * long for each record, and the rest of its time is work; a set waits once.
 */
export async function measureCommit({ client }: BenchDatabase): Promise<number> {
  const times: number[] = [];
  for (let commit = 0; commit < COMMITS; commit += 1) {
    const startedAt = performance.now();
    // The least work that makes PostgreSQL flush its log.
    await client.query(`select pg_logical_emit_message(true, 'bench', '')`);
    times.push(performance.now() - startedAt);
  }
  return spreadOf(times).median;
}
