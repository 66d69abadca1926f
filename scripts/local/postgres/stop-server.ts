import type { Home } from './choose-home.ts';
import { runProgram } from './run-program.ts';

/** How long each way of stopping may take, in seconds; the last one does not wait for anybody. */
const WAYS = [
  { mode: 'fast', seconds: 30 },
  { mode: 'immediate', seconds: 10 },
] as const;

/**
 * Stops the server of a data folder and waits until it is gone: sessions are cut and a checkpoint
 * written; if that takes too long the server quits at once and recovers at the next start.
 * @throws Error when it is still running after that
 */
export async function stopServer(home: Home, dataFolder: string): Promise<void> {
  let said = '';
  for (const { mode, seconds } of WAYS) {
    const { exitCode, output } = await runProgram(
      home.binaries.pgCtl,
      ['stop', `--pgdata=${dataFolder}`, `--mode=${mode}`, `--timeout=${seconds}`, '--wait'],
      { user: home.user, cwd: home.folder },
    );
    if (exitCode === 0 || output.includes('Is server running?')) return;
    said = output.trim();
  }
  throw new Error(`PostgreSQL in ${dataFolder} did not stop: ${said}`);
}
