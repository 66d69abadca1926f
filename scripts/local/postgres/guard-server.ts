import { spawn } from 'node:child_process';
import { SERVER_ENVIRONMENT, type ServerUser } from './run-program.ts';

/**
 * Sees to it that the server does not outlive this process, even when that is killed outright: a
 * shell waits for the end of a pipe that only this process holds open, then asks the server for a
 * fast shutdown. Returns a function that dismisses the guard. Where there is no shell (Windows), or
 * the guard is killed too, the next start stops what was left.
 */
export function guardServer(pid: number, user: ServerUser): () => void {
  const guard = spawn('/bin/sh', ['-c', 'read _; kill -INT "$1"', 'guard', String(pid)], {
    ...user,
    cwd: '/',
    env: { ...SERVER_ENVIRONMENT },
    // Out of reach of the Ctrl-C that ends the owner.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  return () => guard.kill('SIGKILL');
}
