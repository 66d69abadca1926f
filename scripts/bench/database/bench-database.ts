import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { migrateUrl } from '../../../sql/migrate-url.ts';
import { createDatabase } from '../../local/postgres/create-database.ts';
import { readStatement } from './read-statement.ts';

const READ_BYTES = 1 << 20;

export interface Measurement {
  readonly milliseconds: number;
  readonly walBytes: number;
}

export interface Contents {
  readonly permits: number;
  /** Equal for equal permits with equal contents. */
  readonly digest: string;
}

export interface BenchDatabase {
  readonly url: string;
  readonly client: pg.Client;
  /** The columns of `stored_permits`, quoted. */
  readonly columns: readonly string[];
  /** Empties every table. */
  empty(): Promise<void>;
  /** Times work on this server and counts the WAL that it writes. */
  measure<T>(work: () => Promise<T>): Promise<Measurement & { readonly result: T }>;
  readContents(): Promise<Contents>;
  /** Writes `stored_permits` to a file in COPY's text format. */
  writePermits(path: string): Promise<void>;
  /** Copies such a file into a table. */
  copyInto(table: string, path: string): Promise<void>;
  close(): Promise<void>;
}

/** Creates a database with the migrated schema and connects to it. */
export async function openBenchDatabase(
  databaseUrl: (name: string) => string,
  name: string,
): Promise<BenchDatabase> {
  await createDatabase(databaseUrl('postgres'), name);
  const url = databaseUrl(name);
  await migrateUrl(url);
  const client = new pg.Client(url);
  // A broken connection fails the current query; without a listener it would end the process.
  client.on('error', () => {});
  await client.connect();
  const readNames = async (statement: string): Promise<readonly string[]> =>
    (await client.query<{ name: string }>(readStatement(statement))).rows.map((row) => row.name);
  const columns = await readNames('list-columns');
  const tables = await readNames('list-tables');
  const list = columns.join(', ');

  const readWalPosition = async (): Promise<string> =>
    (await client.query('select pg_current_wal_insert_lsn() as position')).rows[0].position;
  // The work of a day's autovacuum; the checkpoint gives every case the same full-page images.
  const settle = async (): Promise<void> => {
    await client.query('vacuum (analyze)');
    await client.query('checkpoint');
  };

  return {
    url,
    client,
    columns,
    async empty() {
      await client.query(`truncate ${tables.join(', ')} restart identity cascade`);
    },
    async measure(work) {
      await settle();
      const before = await readWalPosition();
      const startedAt = performance.now();
      const result = await work();
      const milliseconds = performance.now() - startedAt;
      const { rows } = await client.query<{ bytes: string }>(
        'select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), $1) as bytes',
        [before],
      );
      return { milliseconds, walBytes: Number(rows[0]?.bytes), result };
    },
    async readContents() {
      const { rows } = await client.query<Contents>(readStatement('digest-permits'));
      return rows[0] as Contents;
    },
    async writePermits(path) {
      const source = client.query(copyTo(`copy stored_permits (${list}) to stdout`));
      await pipeline(source, createWriteStream(path));
    },
    async copyInto(table, path) {
      await pipeline(
        createReadStream(path, { highWaterMark: READ_BYTES }),
        client.query(copyFrom(`copy ${table} (${list}) from stdin`)),
      );
    },
    close: () => client.end(),
  };
}
