import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { choosePort } from '../../postgres/choose-port.ts';

const POLL_MILLISECONDS = 50;

/** Finds Google's Pub/Sub emulator, which needs gcloud, its component and Java. */
export function findEmulator(): string | undefined {
  try {
    execFileSync('java', ['-version'], { stdio: 'ignore' });
    const sdk = execFileSync('gcloud', ['info', '--format=value(installation.sdk_root)'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    const path = join(sdk, 'platform/pubsub-emulator/bin/cloud-pubsub-emulator');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

export interface Emulator extends AsyncDisposable {
  /** `127.0.0.1:8085` */
  readonly host: string;
}

/** Starts the emulator on a free port and waits until it answers. */
export async function startEmulator(command: string): Promise<Emulator> {
  const host = `127.0.0.1:${await choosePort()}`;
  // Its own process group, because the command is a shell script that starts Java.
  const child = spawn(command, ['--host=127.0.0.1', `--port=${new URL(`http://${host}`).port}`], {
    detached: true,
    stdio: 'ignore',
  });
  const exited = once(child, 'exit');
  const answers = () =>
    fetch(`http://${host}`).then(
      () => true,
      () => false,
    );
  while (!(await answers())) {
    if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}`);
    await wait(POLL_MILLISECONDS);
  }
  return {
    host,
    async [Symbol.asyncDispose]() {
      process.kill(-(child.pid ?? 0), 'SIGKILL');
      await exited;
    },
  };
}
