import { availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import type { BenchDatabase } from '../database/bench-database.ts';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memory_bytes: number;
  readonly system: string;
  readonly node: string;
  readonly postgresql: string;
}

/** Describes the machine on which the figures were measured. */
export async function describeMachine({ client }: BenchDatabase): Promise<Machine> {
  const { rows } = await client.query<{ server_version: string }>('show server_version');
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory_bytes: totalmem(),
    system: `${platform()} ${release()}`,
    node: process.version,
    postgresql: rows[0]?.server_version ?? 'unknown',
  };
}
