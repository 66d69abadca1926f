import { spawn } from 'node:child_process';
import { SERVER_ENVIRONMENT, type ServerUser } from './run-program.ts';

/**
 * Stops the server when this process ends, even if it is killed outright: a shell waits for the end
 * of a pipe that only this process holds open, then asks the server for a fast shutdown. If there
 * is no shell (Windows), or the guard is killed too, the next start stops the leftover server.
 *
 * @returns a function that dismisses the guard
 */
export function guardServer(pid: number, user: ServerUser): () => void {
  const guard = spawn('/bin/sh', ['-c', 'read _; kill -INT "$1"', 'guard', String(pid)], {
    ...user,
    cwd: '/',
    env: { ...SERVER_ENVIRONMENT },
    // Keeps the owner's Ctrl-C away from the guard.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  return () => guard.kill('SIGKILL');
}
