import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readLocalFile } from './read-local-file.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'read-local-file-'));
});

afterAll(() => rm(folder, { recursive: true }));

test.each([0, 1, 1_000_000])('a file of %d bytes is read whole', async (size) => {
  const path = join(folder, `${size}.json`);
  const content = Buffer.alloc(size, '[{"a": 1}]');
  await writeFile(path, content);
  expect((await buffer(await readLocalFile(path))).equals(content)).toBe(true);
});

async function expectRefusal(path: string, what: string): Promise<void> {
  await expect(readLocalFile(path)).rejects.toMatchObject({
    code: 'source_not_allowed',
    status: 400,
    message: `${path} is ${what}, not a regular file`,
  });
}

test('a directory is refused', () => expectRefusal(folder, 'a directory'));

test.each(['/dev/zero', '/dev/null'])('the device %s is refused', (path) =>
  expectRefusal(path, 'a device, FIFO or socket'),
);

test.runIf(process.platform === 'linux').each(['/proc/self/environ', '/proc/version'])(
  'the kernel’s %s is refused',
  (path) => expectRefusal(path, 'made up by the kernel'),
);

test('a FIFO is refused at once, though nobody writes to it', async () => {
  const path = join(folder, 'fifo');
  execFileSync('mkfifo', [path]);
  await expectRefusal(path, 'a device, FIFO or socket');
});

test('a FIFO that takes the file’s place after the check ends the reading', async () => {
  const path = join(folder, 'replaced.json');
  await writeFile(path, '[]');
  const body = await readLocalFile(path);
  await rm(path);
  execFileSync('mkfifo', [path]);
  expect(await buffer(body)).toHaveLength(0);
});

test('a socket is refused', async () => {
  const path = join(folder, 'socket');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  await expectRefusal(path, 'a device, FIFO or socket');
  await new Promise((resolve) => server.close(resolve));
});

test.skipIf(process.getuid?.() === 0)('a file that may not be read is not found', async () => {
  const path = join(folder, 'secret.json');
  await writeFile(path, '[]');
  chmodSync(path, 0);
  await expect(readLocalFile(path)).rejects.toMatchObject({
    code: 'feed_not_found',
    message: `${path} cannot be opened: EACCES`,
  });
});
