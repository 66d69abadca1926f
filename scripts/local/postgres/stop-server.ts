import type { DataDirectory } from './choose-data-directory.ts';
import { runProgram } from './run-program.ts';

/** pg_ctl's modes of stopping, and how long each may take. `immediate` waits for nobody. */
const MODES = [
  { mode: 'fast', seconds: 30 },
  { mode: 'immediate', seconds: 10 },
] as const;

/**
 * Stops the server of a cluster and waits for its end. Sessions are cut and a checkpoint is
 * written; if that takes too long, the server quits at once and recovers at the next start.
 *
 * @throws Error when it is still running after that
 */
export async function stopServer(
  { binaries, serverFolder, user }: DataDirectory,
  clusterFolder: string,
): Promise<void> {
  let lastOutput = '';
  for (const { mode, seconds } of MODES) {
    const { exitCode, output } = await runProgram(
      binaries.pgCtl,
      ['stop', `--pgdata=${clusterFolder}`, `--mode=${mode}`, `--timeout=${seconds}`, '--wait'],
      { user, cwd: serverFolder },
    );
    if (exitCode === 0 || output.includes('Is server running?')) return;
    lastOutput = output.trim();
  }
  throw new Error(`PostgreSQL in ${clusterFolder} did not stop: ${lastOutput}`);
}
