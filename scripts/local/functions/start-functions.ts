import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COMPILE_CACHE } from '../../shared/compile-cache.ts';

export const FUNCTION_NAMES = [
  'download',
  'ingest-chunk',
  'finalize',
  'snapshot',
  'sync-api',
] as const;

export type FunctionName = (typeof FUNCTION_NAMES)[number];

export interface FunctionsOptions {
  /** The functions' environment; nothing else of ours reaches them but PATH. */
  readonly environment: Readonly<Record<string, string>>;
  /** Each function's output goes to `<name>.log` in this folder. */
  readonly logDirectory: string;
  /** Every line a function writes to its log. */
  readonly onLine?: (name: FunctionName, line: string) => void;
  readonly ports?: Partial<Readonly<Record<FunctionName, number>>>;
}

export interface RunningFunction {
  readonly url: string;
  /** The most memory its process has had, in bytes. */
  peakRssBytes(): Promise<number>;
}

export interface RunningFunctions extends Readonly<Record<FunctionName, RunningFunction>> {
  stop(): Promise<void>;
}

/** As long as Cloud Run waits after SIGTERM. */
const STOP_MILLISECONDS = 10_000;

const SCRIPT = fileURLToPath(new URL('./serve-function.ts', import.meta.url));

/** Starts each function in a process of its own, with its real HTTP server. */
export const startFunctions = async (options: FunctionsOptions): Promise<RunningFunctions> => {
  await mkdir(options.logDirectory, { recursive: true });
  const children = FUNCTION_NAMES.map((name) => ({ name, child: startProcess(name, options) }));
  const stop = async (): Promise<void> => {
    await Promise.all(children.map(({ child }) => stopProcess(child)));
  };
  try {
    const running = await Promise.all(
      children.map(async ({ name, child }) => {
        const port = await waitForPort(name, child, options.logDirectory);
        return [name, describeFunction(child, port)] as const;
      }),
    );
    return { ...(Object.fromEntries(running) as Record<FunctionName, RunningFunction>), stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

const startProcess = (
  name: FunctionName,
  { environment, logDirectory, onLine, ports }: FunctionsOptions,
): ChildProcess => {
  const child = fork(SCRIPT, [name, String(ports?.[name] ?? 0)], {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: COMPILE_CACHE, ...environment },
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const log = createWriteStream(join(logDirectory, `${name}.log`));
  child.stderr?.pipe(log, { end: false });
  child.stdout?.pipe(log, { end: false });
  if (onLine) forEachLine(child, (line) => onLine(name, line));
  child.once('close', () => log.end());
  return child;
};

const forEachLine = (child: ChildProcess, onLine: (line: string) => void): void => {
  let rest = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
  });
};

const waitForPort = async (
  name: FunctionName,
  child: ChildProcess,
  logDirectory: string,
): Promise<number> => {
  const exited = once(child, 'close').then(async () => {
    const path = join(logDirectory, `${name}.log`);
    const [reason] = (await readFile(path, 'utf8')).trim().split('\n').slice(-1);
    throw new Error(`The function ${name} did not start: ${reason} (see ${path})`);
  });
  const [message] = (await Promise.race([once(child, 'message'), exited])) as [{ port: number }];
  exited.catch(() => {});
  return message.port;
};

const describeFunction = (child: ChildProcess, port: number): RunningFunction => ({
  url: `http://127.0.0.1:${port}`,
  async peakRssBytes() {
    const answered = once(child, 'message') as Promise<[{ peakRssBytes: number }]>;
    child.send('usage');
    const [{ peakRssBytes }] = await answered;
    return peakRssBytes;
  },
});

const stopProcess = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MILLISECONDS);
  child.kill('SIGTERM');
  await exited;
  clearTimeout(timer);
};
