import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningScript {
  readonly ended: Promise<Ended>;
  /** Waits until it has written some words to standard error. */
  said(words: string): Promise<void>;
  /** Sends Ctrl-C to it and to every program in its process group. */
  interrupt(): void;
}

/** Starts `scripts/<name>.ts` without a terminal, with only the given environment. */
export function startScript(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): RunningScript {
  const script = fileURLToPath(new URL(`../${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, [script, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const heard = text(child.stderr);
  const ended = Promise.all([text(child.stdout), heard, once(child, 'close')]).then(
    ([stdout, stderr, [code]]) => ({ code, stdout, stderr }),
  );
  return {
    ended,
    said: (words) =>
      new Promise((resolve, reject) => {
        let soFar = '';
        child.stderr.on('data', (part) => {
          soFar += part;
          if (soFar.includes(words)) resolve();
        });
        child.once('close', () => reject(new Error(`It never wrote "${words}": ${soFar}`)));
      }),
    interrupt() {
      process.kill(-(child.pid as number), 'SIGINT');
    },
  };
}

/** Runs `scripts/<name>.ts` to its end. */
export function runScript(...[name, args, env]: Parameters<typeof startScript>): Promise<Ended> {
  return startScript(name, args, env).ended;
}
