import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import RUNTIME_ENVIRONMENT from '../../../functions/runtime-environment.json' with { type: 'json' };
import { COMPILE_CACHE } from '../../shared/compile-cache.ts';
import { LOOPBACK_HOSTS } from '../rest/loopback-hosts.ts';

export interface FunctionOptions {
  /** The function's environment. It inherits only PATH. */
  readonly environment: Readonly<Record<string, string>>;
  /** Gets the function's output as `<name>.log`. */
  readonly logDirectory: string;
  /** Receives every line that it writes to stdout. */
  readonly onLine?: (line: string) => void;
  /** By default, or if 0, any free port. */
  readonly port?: number | undefined;
}

export interface RunningFunction {
  readonly url: string;
  /** The peak memory of its process, in bytes. */
  peakRssBytes(): Promise<number>;
  /** Ends it as Cloud Run does: SIGTERM, then SIGKILL after ten seconds. */
  stop(): Promise<void>;
  /** Ends it at once, whatever it is doing. */
  kill(): Promise<void>;
}

/** How long Cloud Run waits after SIGTERM. */
const STOP_MILLISECONDS = 10_000;

/**
 * What the deployed functions get as well. V8 lets more garbage wait the more memory it may have:
 * for a feed of 2.4 million records, download needs 223 MiB and ingest-chunk 298 MiB with Node's
 * own settings, which suit the whole machine, and 179 and 148 MiB with these, which suit the 512
 * MiB and one CPU of a function on Cloud Run. More V8 threads would only take turns with the ones
 * doing the work, and with a malloc arena per thread, one keeps memory that another could use.
 */
const PROCESS_ENVIRONMENT = { ...RUNTIME_ENVIRONMENT, NODE_COMPILE_CACHE: COMPILE_CACHE };

const ALLOWED_HOSTS = LOOPBACK_HOSTS.join(',');

const SCRIPT = fileURLToPath(new URL('./serve-function.ts', import.meta.url));

/** Starts a function in its own process, with the functions-framework's HTTP server. */
export async function startFunction(
  name: string,
  options: FunctionOptions,
): Promise<RunningFunction> {
  await mkdir(options.logDirectory, { recursive: true });
  const path = join(options.logDirectory, `${name}.log`);
  const child = startProcess(name, options, path);
  const port = await waitForPort(name, child, path);
  return {
    url: `http://127.0.0.1:${port}`,
    async peakRssBytes() {
      const answered = once(child, 'message') as Promise<[{ peakRssBytes: number }]>;
      child.send('usage');
      const [{ peakRssBytes }] = await answered;
      return peakRssBytes;
    },
    stop: () => endProcess(child, 'SIGTERM'),
    kill: () => endProcess(child, 'SIGKILL'),
  };
}

function startProcess(
  name: string,
  { environment, onLine, port = 0 }: FunctionOptions,
  logPath: string,
): ChildProcess {
  const child = fork(SCRIPT, [name, String(port)], {
    env: { PATH: process.env.PATH, ...PROCESS_ENVIRONMENT, ALLOWED_HOSTS, ...environment },
    // Keeps the child from inheriting this process's flags.
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const log = createWriteStream(logPath);
  child.stderr?.pipe(log, { end: false });
  child.stdout?.pipe(log, { end: false });
  if (onLine) forEachLine(child, onLine);
  child.once('close', () => log.end());
  return child;
}

function forEachLine(child: ChildProcess, onLine: (line: string) => void): void {
  let rest = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
  });
}

async function waitForPort(name: string, child: ChildProcess, logPath: string): Promise<number> {
  const exited = once(child, 'close').then(async () => {
    const [reason] = (await readFile(logPath, 'utf8')).trim().split('\n').slice(-1);
    throw new Error(`The function ${name} did not start: ${reason} (see ${logPath})`);
  });
  const [message] = (await Promise.race([once(child, 'message'), exited])) as [{ port: number }];
  exited.catch(() => {});
  return message.port;
}

async function endProcess(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MILLISECONDS);
  child.kill(signal);
  await exited;
  clearTimeout(timer);
}
