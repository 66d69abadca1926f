import { readdir } from 'node:fs/promises';
import pg from 'pg';
import { type Check, finding, ok } from '../check.ts';

const MIGRATIONS = new URL('../../../sql/migrations/', import.meta.url);
const CONNECTION_TIMEOUT_MILLISECONDS = 5_000;

interface LastRun {
  readonly id: string;
  readonly status: string;
  readonly records_total: number;
  readonly error_message: string | null;
}

/** Checks that the database can be reached and is migrated, and how its last run ended. */
export function createDatabaseChecks(databaseUrl: string | undefined): readonly Check[] {
  const query = async <T extends pg.QueryResultRow>(text: string): Promise<readonly T[]> => {
    const client = new pg.Client({
      connectionString: databaseUrl,
      connectionTimeoutMillis: CONNECTION_TIMEOUT_MILLISECONDS,
    });
    await client.connect();
    try {
      return (await client.query<T>(text)).rows;
    } finally {
      await client.end();
    }
  };

  const database: Check = {
    name: 'database',
    async run() {
      if (databaseUrl === undefined) {
        return finding('DATABASE_URL is not set', 'export the line that npm run local prints');
      }
      // pg's messages have no password in them, but the URL does.
      const { host, pathname } = new URL(databaseUrl);
      try {
        const [row] = await query<{ version: string }>(
          "select current_setting('server_version') as version",
        );
        return ok(`PostgreSQL ${row?.version} at ${host}${pathname}`);
      } catch (error) {
        const reason = (error as Error).message || (error as NodeJS.ErrnoException).code;
        return finding(
          `${host}${pathname} cannot be used: ${reason}`,
          'npm run local, or correct DATABASE_URL',
        );
      }
    },
  };

  const migrations: Check = {
    name: 'migrations',
    needs: ['database'],
    async run() {
      const files = (await readdir(MIGRATIONS)).filter((file) => file.endsWith('.sql'));
      const [table] = await query<{ present: boolean }>(
        "select to_regclass('kysely_migration') is not null as present",
      );
      const rows = table?.present
        ? await query<{ name: string }>('select name from kysely_migration')
        : [];
      const applied = new Set(rows.map(({ name }) => name));
      const missing = files
        .map((file) => file.slice(0, -'.sql'.length))
        .filter((name) => !applied.has(name));
      if (missing.length === 0) return ok(`${files.length} applied`);
      return finding(`Not applied: ${missing.sort().join(', ')}`, 'npm run migrate');
    },
  };

  const lastRun: Check = {
    name: 'last run',
    needs: ['migrations'],
    async run() {
      const [run] = await query<LastRun>(`
        select id, status, records_total, error_message
        from sync_runs
        order by id desc
        limit 1
      `);
      if (!run) return ok('none yet');
      if (run.status === 'failed') {
        return finding(
          `Run ${run.id} failed: ${run.error_message}`,
          'look up the code in the README, “When something breaks”; npm run dead-letters',
        );
      }
      return ok(`run ${run.id} ${run.status}, ${run.records_total.toLocaleString('en')} records`);
    },
  };

  return [database, migrations, lastRun];
}
