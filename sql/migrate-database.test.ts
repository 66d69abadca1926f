import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { migrateDatabase } from './migrate-database.ts';

let server: pg.Client;

beforeAll(async () => {
  server = new pg.Client(inject('databaseUrl'));
  await server.connect();
});

afterAll(() => server.end());

type TestDatabase = AsyncDisposable & {
  /** Opens a separate connection, like another process. */
  connect(): Kysely<unknown>;
};

/** Creates an empty database. */
async function createDatabase(): Promise<TestDatabase> {
  const name = `migrate_${randomUUID().replaceAll('-', '')}`;
  await server.query(`create database ${name} template template0`);
  const url = new URL(inject('databaseUrl'));
  url.pathname = `/${name}`;
  const connections: Kysely<unknown>[] = [];
  return {
    connect() {
      const pool = new pg.Pool({ connectionString: url.href, max: 2 });
      // A pool that has ended may still be closing connections when the database is dropped.
      pool.on('error', () => {});
      const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
      connections.push(db);
      return db;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(connections.map((db) => db.destroy()));
      await server.query(`drop database ${name} with (force)`);
    },
  };
}

/** Creates a folder with files, given as text by name. */
async function createFolder(files: Readonly<Record<string, string>>) {
  const path = await mkdtemp(join(tmpdir(), 'migrations-'));
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(path, name), text)));
  return {
    url: pathToFileURL(`${path}/`),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  };
}

async function listTables(db: Kysely<unknown>): Promise<readonly string[]> {
  const tables = await db.introspection.getTables();
  return tables.map(({ name }) => name).sort();
}

describe('migrateDatabase', () => {
  test('applies every migration in order, and none the second time', async () => {
    await using database = await createDatabase();
    const db = database.connect();
    const files = await readdir(new URL('./migrations/', import.meta.url));
    const names = files.map((file) => file.replace(/\.sql$/, '')).sort();
    expect(await migrateDatabase(db)).toEqual(names);
    expect(await listTables(db)).toEqual(
      expect.arrayContaining(['data_quality_snapshots', 'permits', 'sync_runs']),
    );
    expect(await migrateDatabase(db)).toEqual([]);
  });

  test('applies each migration once for concurrent callers on an empty database', async () => {
    await using database = await createDatabase();
    const callers = Array.from({ length: 4 }, () => migrateDatabase(database.connect()));
    const applied = await Promise.all(callers);
    const names = applied.flat();
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(names).size).toBe(names.length);
    // One caller applied the whole batch; the others waited and had nothing to do.
    expect(applied.filter(({ length }) => length > 0)).toHaveLength(1);
  });

  test('applies only new migrations, in order of their names', async () => {
    await using database = await createDatabase();
    await using first = await createFolder({ '0001-a.sql': 'create table a (id integer)' });
    await using second = await createFolder({
      '0003-c.sql': 'alter table b add column name text',
      '0001-a.sql': 'create table a (id integer)',
      '0002-b.sql': '-- Two statements.\ncreate table b (id integer);\ncreate index on b (id);',
      'README.md': 'not a migration',
    });
    const db = database.connect();
    expect(await migrateDatabase(db, first.url)).toEqual(['0001-a']);
    expect(await migrateDatabase(db, second.url)).toEqual(['0002-b', '0003-c']);
    expect(await listTables(db)).toEqual(['a', 'b']);
  });

  test('applies nothing of a batch if one migration fails, and names that migration', async () => {
    await using database = await createDatabase();
    await using broken = await createFolder({
      '0001-a.sql': 'create table a (id integer)',
      '0002-b.sql': 'create table b (id integer); insert into b values (1); select 1 / 0;',
    });
    await using mended = await createFolder({
      '0001-a.sql': 'create table a (id integer)',
      '0002-b.sql': 'create table b (id integer)',
    });
    const db = database.connect();
    await expect(migrateDatabase(db, broken.url)).rejects.toThrow(
      'Migration 0002-b: division by zero',
    );
    expect(await listTables(db)).toEqual([]);
    expect(await migrateDatabase(db, mended.url)).toEqual(['0001-a', '0002-b']);
  });

  test('refuses a database with a migration that no longer exists', async () => {
    await using database = await createDatabase();
    await using folder = await createFolder({ '0001-a.sql': 'create table a (id integer)' });
    await using other = await createFolder({ '0001-z.sql': 'create table z (id integer)' });
    const db = database.connect();
    await migrateDatabase(db, folder.url);
    await expect(migrateDatabase(db, other.url)).rejects.toThrow(/0001-a/);
    expect(await listTables(db)).toEqual(['a']);
  });

  test('reports why the database cannot be reached', async () => {
    const pool = new pg.Pool({ connectionString: 'postgres://127.0.0.1:1/none' });
    const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
    await expect(migrateDatabase(db)).rejects.toThrow(/ECONNREFUSED/);
    await db.destroy();
  });
});

test('a run can be opened in a migrated database, but not twice', async () => {
  await using database = await createDatabase();
  const db = database.connect();
  await migrateDatabase(db);
  const open = sql`insert into sync_runs (execution_id, trigger) values ('one', 'manual')`;
  await open.execute(db);
  await expect(open.execute(db)).rejects.toMatchObject({ code: '23505' });
});
