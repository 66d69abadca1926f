import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { chooseDataDirectory } from './choose-data-directory.ts';
import { choosePort } from './choose-port.ts';
import { findBinaries } from './find-binaries.ts';
import { findServerUser } from './find-server-user.ts';
import { readProcess } from './read-process.ts';
import { runProgram } from './run-program.ts';
import { runServer } from './run-server.ts';
import { type Postgres, startPostgres } from './start-postgres.ts';
import { stopServer } from './stop-server.ts';
import { queryPostgres } from './testing/query-postgres.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'permit-sync-test-'));
  // mkdtemp uses mode 700, which would keep out the server's user when root runs the tests.
  await chmod(directory, 0o755);
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

async function withPostgres(
  use: (postgres: Postgres) => Promise<void>,
  log: (message: string) => void = () => undefined,
): Promise<void> {
  // Other tests' directories may lie about when one was killed.
  const warn = () => undefined;
  const postgres = await startPostgres({ directory, log, warn });
  try {
    await use(postgres);
  } finally {
    await postgres.stop();
  }
}

async function findDataDirectory() {
  const binaries = await findBinaries(process.platform, process.arch);
  const user = await findServerUser(process.getuid?.());
  const temporaryFolders = [tmpdir()];
  return chooseDataDirectory({
    directory,
    binaries,
    user,
    temporaryFolders,
    warn: () => undefined,
  });
}

/** Writes the lock file of a server with this pid. */
async function writeLock(serverFolder: string, pid: number): Promise<void> {
  const clusterFolder = path.join(serverFolder, 'data');
  await writeFile(
    path.join(clusterFolder, 'postmaster.pid'),
    `${pid}\n${clusterFolder}\n1700000000\n5432\n\n127.0.0.1\n0 0\nready   \n`,
  );
}

describe('one directory, start after start', () => {
  test('the first start creates a durable UTF-8 cluster on the loopback interface', async () => {
    await withPostgres(async (postgres) => {
      const [settings] = await queryPostgres(
        postgres,
        `select current_setting('listen_addresses') as "addresses",
           current_setting('unix_socket_directories') as "sockets",
           current_setting('server_encoding') as "encoding",
           current_setting('timezone') as "zone",
           current_setting('fsync') as "fsync",
           current_setting('synchronous_commit') as "commit",
           current_setting('password_encryption') as "passwords",
           'Z' < 'a' as "bytewise"`,
      );
      expect(settings).toEqual({
        addresses: '127.0.0.1',
        sockets: '',
        encoding: 'UTF8',
        zone: 'UTC',
        fsync: 'on',
        commit: 'on',
        passwords: 'scram-sha-256',
        bytewise: true,
      });
      await queryPostgres(postgres, "create table kept as select 'from the first start' as note");
    });
  });

  test('only the owner can read the password, and nobody connects without it', async () => {
    await withPostgres(async (postgres) => {
      const file = await stat(path.join(postgres.folder, 'server', 'password'));
      expect(file.mode & 0o777).toBe(0o600);
      const url = postgres.databaseUrl('postgres').replace(/:[0-9a-f]{48}@/, ':wrong@');
      expect(url).toContain(':wrong@');
      await expect(new pg.Client(url).connect()).rejects.toMatchObject({ code: '28P01' });
    });
  });

  test('a second start finds the data of the first', async () => {
    await withPostgres(async (postgres) => {
      expect(await queryPostgres(postgres, 'select note from kept')).toEqual([
        { note: 'from the first start' },
      ]);
    });
  });

  test('a second owner is told who holds the directory and what to do', async () => {
    await withPostgres(async (postgres) => {
      await expect(startPostgres({ directory })).rejects.toThrow(
        `${directory} is in use by process ${process.pid}: stop that one, or name another directory with --data-dir`,
      );
      expect(await queryPostgres(postgres, 'select 1 as one')).toEqual([{ one: 1 }]);
    });
  });

  test('stopping twice is the same as stopping once', async () => {
    const postgres = await startPostgres({ directory });
    await Promise.all([postgres.stop(), postgres.stop()]);
    await expect(queryPostgres(postgres, 'select 1')).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });

  test('a port that was taken meanwhile is worth another attempt', async () => {
    await withPostgres(async ({ port }) => {
      const dataDirectory = await findDataDirectory();
      const second = path.join(dataDirectory.serverFolder, 'second');
      await runProgram(
        dataDirectory.binaries.initdb,
        [`--pgdata=${second}`, '--no-sync'],
        dataDirectory,
      );
      expect(await runServer(dataDirectory, second, port, undefined)).toEqual({
        reason: expect.stringContaining('Address already in use'),
        isTransient: true,
        isUnreadableLock: false,
      });
      await rm(second, { recursive: true });
    });
  });

  test('a cluster that the server cannot read fails the start with its own words', async () => {
    const dataDirectory = await findDataDirectory();
    const versionFile = path.join(dataDirectory.serverFolder, 'data', 'PG_VERSION');
    const version = await readFile(versionFile, 'utf8');
    await writeFile(versionFile, '9.6\n');
    const failure = await startPostgres({ directory }).catch(String);
    await writeFile(versionFile, version);
    expect(failure).toContain('The data directory was initialized by PostgreSQL version 9.6');
    expect(failure).toContain('The data is kept.');
    expect(failure).not.toContain('elete');
  });

  test('a start that is aborted frees the directory', async () => {
    await expect(
      startPostgres({ directory, signal: AbortSignal.abort(new Error('enough')) }),
    ).rejects.toThrow('enough');
    await withPostgres(async (postgres) => {
      expect(await queryPostgres(postgres, 'select 1 as one')).toEqual([{ one: 1 }]);
    });
  });
});

describe('after an owner that did not shut down cleanly', () => {
  test('the server ends when its owner is killed, and the next start finds its data', async () => {
    const module = new URL('./start-postgres.ts', import.meta.url).href;
    const owner = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `const { startPostgres } = await import(${JSON.stringify(module)});
         await startPostgres({ directory: process.argv[1], log: (m) => process.stdout.write(m + '\\n'), warn() {} });
         setInterval(() => undefined, 60_000);`,
        directory,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    onTestFinished(() => void owner.kill('SIGKILL'));
    const [said] = (await once(owner.stdout.setEncoding('utf8'), 'data')) as [string];
    const server = Number(/process (\d+)/.exec(said)?.[1]);
    expect(await readProcess(server)).not.toBeNull();

    owner.kill('SIGKILL');
    await once(owner, 'exit');
    await vi.waitFor(async () => expect(await readProcess(server)).toBeNull(), 10_000);
    await withPostgres(async (postgres) => {
      expect(await queryPostgres(postgres, 'select count(*)::int as rows from kept')).toEqual([
        { rows: 1 },
      ]);
    });
  });

  test('a server that was left running is stopped first', async () => {
    const dataDirectory = await findDataDirectory();
    const leftover = await runServer(
      dataDirectory,
      path.join(dataDirectory.serverFolder, 'data'),
      await choosePort(),
      undefined,
    );
    if (!('pid' in leftover)) throw new Error(leftover.reason);
    onTestFinished(() => stopServer(dataDirectory, path.join(dataDirectory.serverFolder, 'data')));
    const said: string[] = [];
    await withPostgres(
      async (postgres) => {
        await leftover.exited;
        expect(await queryPostgres(postgres, 'select 1 as one')).toEqual([{ one: 1 }]);
      },
      (message) => said.push(message),
    );
    expect(said[0]).toBe(
      `stopping the server that an earlier process left behind (process ${leftover.pid})`,
    );
  });

  test('a server that was left running is found after its directory was renamed', async () => {
    const { serverFolder, ...rest } = await findDataDirectory();
    const renamed = `${serverFolder}-before`;
    await rename(serverFolder, renamed);
    const leftover = await runServer(
      { ...rest, serverFolder: renamed },
      path.join(renamed, 'data'),
      await choosePort(),
      undefined,
    );
    if (!('pid' in leftover)) throw new Error(leftover.reason);
    await rename(renamed, serverFolder);
    await withPostgres(async (postgres) => {
      await leftover.exited;
      expect(await queryPostgres(postgres, 'select note from kept')).toHaveLength(1);
    });
  });

  test('a pid file that names another program is not taken for a server', async () => {
    const dataDirectory = await findDataDirectory();
    const other = spawn('sleep', ['600'], { ...dataDirectory.user, cwd: '/', stdio: 'ignore' });
    onTestFinished(() => void other.kill());
    await writeLock(dataDirectory.serverFolder, other.pid ?? 0);
    await withPostgres(async (postgres) => {
      expect(await queryPostgres(postgres, 'select 1 as one')).toEqual([{ one: 1 }]);
      expect(await readProcess(other.pid ?? 0)).not.toBeNull();
    });
  });

  test('the lock of a process that is just ending is waited for', async () => {
    const { user, serverFolder } = await findDataDirectory();
    // Without a command line, as a process is once it has given up its memory.
    const ending = spawn('cat', [], {
      ...user,
      cwd: '/',
      argv0: '',
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    onTestFinished(() => void ending.kill());
    await expect.poll(async () => (await readProcess(ending.pid ?? 0))?.command).toBe('');
    await writeLock(serverFolder, ending.pid ?? 0);
    const said: string[] = [];
    await withPostgres(
      async (postgres) => {
        expect(await queryPostgres(postgres, 'select 1 as one')).toEqual([{ one: 1 }]);
      },
      (message) => {
        said.push(message);
        if (message.startsWith('PostgreSQL cannot start yet')) ending.stdin.end();
      },
    );
    expect(said[0]).toMatch(
      /^PostgreSQL cannot start yet, trying again: FATAL: lock file "postmaster.pid" already exists/,
    );
  });

  test('the lock of a zombie prevents no start', async () => {
    const { user, serverFolder } = await findDataDirectory();
    // The shell starts a child and becomes a sleep, which never reaps it.
    const script = 'exec 3<&0; sh -c "read _ <&3" & echo $!; exec sleep 600';
    const parent = spawn('/bin/sh', ['-c', script], {
      ...user,
      cwd: '/',
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    onTestFinished(() => void parent.kill());
    const [pid] = (await once(parent.stdout.setEncoding('utf8'), 'data')) as [string];
    await expect.poll(async () => (await readProcess(parent.pid ?? 0))?.command).toBe('sleep 600');
    parent.stdin.end();
    await expect.poll(() => readProcess(Number(pid))).toBeNull();
    expect(process.kill(Number(pid), 0)).toBe(true);
    await writeLock(serverFolder, Number(pid));
    const said: string[] = [];
    await withPostgres(
      async () => undefined,
      (message) => said.push(message),
    );
    expect(said[0]).toMatch(/^PostgreSQL listens/);
  });

  test.each(['', '\0\0\0'])('a lock file that a crash left with %j is replaced', async (text) => {
    const { serverFolder } = await findDataDirectory();
    await writeFile(path.join(serverFolder, 'data', 'postmaster.pid'), text);
    await withPostgres(async () => undefined);
  });

  test('the claim of a process that has ended is taken over', async () => {
    await writeFile(
      path.join(directory, 'owner.json'),
      JSON.stringify({ pid: process.pid, startedAt: 'long ago' }),
    );
    await withPostgres(async () => undefined);
  });

  test('an initdb that was cut short is repeated', async () => {
    const dataDirectory = await findDataDirectory();
    await rm(path.join(dataDirectory.serverFolder, 'data'), { recursive: true });
    const stopper = new AbortController();
    const start = startPostgres({
      directory,
      signal: stopper.signal,
      log: () => stopper.abort(),
    });
    await expect(start).rejects.toMatchObject({ name: 'AbortError' });
    await mkdir(path.join(dataDirectory.serverFolder, 'data.partial', 'base'), { recursive: true });
    await withPostgres(async (postgres) => {
      expect(await queryPostgres(postgres, "select to_regclass('kept') as kept")).toEqual([
        { kept: null },
      ]);
      await queryPostgres(postgres, "create table kept as select 'again' as note");
    });
  });

  test('a cluster that was moved away is not removed, and comes back with its password', async () => {
    const { serverFolder } = await findDataDirectory();
    const data = path.join(serverFolder, 'data');
    const away = path.join(serverFolder, 'data.away');
    await rename(data, away);
    await withPostgres(async (postgres) => {
      expect(await queryPostgres(postgres, "select to_regclass('kept') as kept")).toEqual([
        { kept: null },
      ]);
    });
    await rm(data, { recursive: true });
    await rename(away, data);
    await withPostgres(async (postgres) => {
      expect(await queryPostgres(postgres, 'select note from kept')).toEqual([{ note: 'again' }]);
    });
  });

  test('a cluster on a disk that is away is not replaced, and is found when it returns', async () => {
    const { serverFolder } = await findDataDirectory();
    const data = path.join(serverFolder, 'data');
    const disk = path.join(directory, 'disk');
    await rename(data, disk);
    await symlink(disk, data);
    await rename(disk, `${disk}-away`);
    await expect(startPostgres({ directory })).rejects.toThrow(
      `${data} is a link to ${disk}, which is not there: mount its disk`,
    );
    await rename(`${disk}-away`, disk);
    await withPostgres(async (postgres) => {
      expect(await queryPostgres(postgres, 'select note from kept')).toEqual([{ note: 'again' }]);
    });
  });
});
