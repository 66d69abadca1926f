import { randomInt } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';

/** Below the ports that systems give to outgoing connections, so it stays free between starts. */
const LASTING_PORTS = { least: 20_000, most: 29_999 } as const;
const TRIES = 20;

/** Finds a TCP port that was free on the loopback interface a moment ago. */
export async function choosePort(): Promise<number> {
  return listenOnce(0);
}

/**
 * Finds the port of a data directory: the one that it had last, unless another program has taken
 * that. The file `port` remembers it, so a URL that was printed works after the next start, too.
 *
 * @param warn receives a line for people when the port changes
 */
export async function keepPort(root: string, warn: (message: string) => void): Promise<number> {
  const file = path.join(root, 'port');
  const last = await readPort(root);
  if (last !== null && (await isFree(last))) return last;
  const port = await chooseLastingPort();
  await writeFile(`${file}.new`, `${port}\n`);
  await rename(`${file}.new`, file);
  if (last !== null) warn(`port ${last} is taken: PostgreSQL listens on ${port} from now on`);
  return port;
}

/** The port that a data directory had last; null if it had none. */
export async function readPort(root: string): Promise<number | null> {
  const text = await readFile(path.join(root, 'port'), 'utf8').catch(() => '');
  const port = Number(text);
  return Number.isInteger(port) && port > 0 && port <= 65_535 ? port : null;
}

async function chooseLastingPort(): Promise<number> {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const port = randomInt(LASTING_PORTS.least, LASTING_PORTS.most + 1);
    if (await isFree(port)) return port;
  }
  return choosePort();
}

async function isFree(port: number): Promise<boolean> {
  return listenOnce(port).then(
    () => true,
    () => false,
  );
}

async function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const chosen = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(chosen));
    });
  });
}
