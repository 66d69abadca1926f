import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProgram } from './run-program.ts';
import { startPostgres } from './start-postgres.ts';
import { queryPostgres } from './testing/query-postgres.ts';

const isRoot = process.getuid?.() === 0;

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'permit-sync-test-'));
  await chmod(directory, 0o755);
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

test.skipIf(!isRoot)(
  'root starts it in a folder that only root can enter (skipped unless run by root)',
  async () => {
    const closed = path.join(directory, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const clone = path.join(closed, 'clone');
    const first = await startPostgres({ directory: clone });
    await queryPostgres(first, 'create table kept ()');
    await first.stop();
    expect(await readFile(path.join(clone, 'location.txt'), 'utf8')).toBe(`${first.folder}\n`);
    expect((await stat(first.folder)).mode & 0o777).toBe(0o711);

    const second = await startPostgres({ directory: clone });
    expect(second.folder).toBe(first.folder);
    expect(await queryPostgres(second, 'select count(*)::int as rows from kept')).toEqual([
      { rows: 0 },
    ]);
    await second.stop();
    await rm(first.folder, { recursive: true });
  },
);

/** Starts and stops a server in a process of its own, and says where its data is. */
const START_AND_STOP = `
  const { startPostgres } = await import(${JSON.stringify(new URL('./start-postgres.ts', import.meta.url).href)});
  const postgres = await startPostgres({ directory: process.argv[1] });
  await postgres.stop();
  process.stdout.write(postgres.folder);`;

/** Runs that process after some commands of a shell, which may be in a namespace of its own. */
async function startAfter(commands: string, clone: string, wrapper: readonly string[] = []) {
  const program = [process.execPath, '--input-type=module', '-e', START_AND_STOP, clone];
  const shell = ['sh', '-c', `${commands} && exec "$@"`, 'sh'];
  const [file = '', ...args] = [...wrapper, ...shell, ...program];
  return runProgram(file, args);
}

test.skipIf(!isRoot).each(['027', '077'])(
  'root starts it with umask %s, and goes on afterwards (skipped unless run by root)',
  async (umask) => {
    const clone = path.join(directory, `umask-${umask}`);
    const { exitCode, output } = await startAfter(`umask ${umask}`, clone);
    expect({ exitCode, output }).toEqual({
      exitCode: 0,
      output: expect.stringMatching(/^\/[^ ]+$/),
    });
    expect(output).not.toBe(clone);

    // What a first start without chmod left behind.
    await chmod(output, umask === '027' ? 0o710 : 0o700);
    const postgres = await startPostgres({ directory: clone });
    expect(postgres.folder).toBe(output);
    await postgres.stop();
    await rm(output, { recursive: true });
  },
);

test('a /dev/shm without room prevents no start (skipped unless it can be mounted)', async (context) => {
  const canMount = await runProgram('unshare', ['--mount', 'true']).catch(() => null);
  if (canMount?.exitCode !== 0) context.skip();
  const mount = 'mount -t tmpfs -o size=4k tmpfs /dev/shm';
  const clone = path.join(directory, 'no-shared-memory');
  await mkdir(clone);
  await chmod(clone, 0o755);
  expect(await startAfter(mount, clone, ['unshare', '--mount'])).toEqual({
    exitCode: 0,
    output: clone,
  });
});

test.skipIf(!isRoot)(
  'a user without an entry in passwd is told what to do (skipped unless run by root)',
  async () => {
    const clone = path.join(directory, 'unknown-user');
    await mkdir(clone);
    await chown(clone, 54_321, 54_321);
    const { exitCode, output } = await startAfter('true', clone, [
      'setpriv',
      '--reuid=54321',
      '--regid=54321',
      '--clear-groups',
    ]);
    expect(exitCode).toBe(1);
    expect(output).toContain(
      'could not look up effective user ID 54321: user does not exist: give that user an entry in /etc/passwd, start as another user, or set DATABASE_URL',
    );
  },
);

test('the port stays, unless another program has taken it', async () => {
  const clone = path.join(directory, 'port');
  await mkdir(clone);
  await chmod(clone, 0o755);
  const ports: number[] = [];
  const said: string[] = [];
  const start = async (): Promise<void> => {
    const postgres = await startPostgres({ directory: clone, warn: (line) => said.push(line) });
    ports.push(postgres.port);
    await postgres.stop();
  };
  await start();
  await start();
  const [first = 0] = ports;
  const other = createServer().listen(first, '127.0.0.1');
  await once(other, 'listening');
  await start();
  other.close();
  await start();
  const last = ports[2] ?? 0;
  expect(last).not.toBe(first);
  expect(ports).toEqual([first, first, last, last]);
  expect(said.filter((line) => line.startsWith('port'))).toEqual([
    `port ${first} is taken: PostgreSQL listens on ${last} from now on`,
  ]);
});
