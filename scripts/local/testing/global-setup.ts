import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrateDatabase } from '../../../sql/migrate-database.ts';
import { createMonitoringApi } from '../monitoring/create-monitoring-api.ts';
import { startPostgres } from '../postgres/start-postgres.ts';
import { createStorageApi } from '../storage/create-storage-api.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of a database on the test run's PostgreSQL server. */
    databaseUrl: string;
    /** The migrated database that each test file clones. */
    templateDatabase: string;
    /** Where Cloud Storage and Cloud Monitoring are. */
    googleApiEndpoint: string;
  }
}

const TEMPLATE = 'permits_template';

/** Starts what the whole test run shares: PostgreSQL, the template database, the Google APIs. */
async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'permit-sync-test-'));
  const postgres = await startPostgres({ directory: join(directory, 'postgres') });
  await createTemplate(postgres.databaseUrl);
  const storage = createStorageApi({ directory: join(directory, 'storage') });
  const server = createServer(express().use(storage.router).use(createMonitoringApi({}).router));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  project.provide('databaseUrl', postgres.databaseUrl('postgres'));
  project.provide('templateDatabase', TEMPLATE);
  project.provide('googleApiEndpoint', `http://127.0.0.1:${port}`);

  return async () => {
    server.closeAllConnections();
    server.close();
    await storage.close();
    await postgres.stop();
    // Under root it may be outside the directory.
    await rm(postgres.folder, { recursive: true, force: true });
    await rm(directory, { recursive: true, force: true });
  };
}

async function createTemplate(databaseUrl: (name: string) => string): Promise<void> {
  const admin = new pg.Client(databaseUrl('postgres'));
  await admin.connect();
  await admin.query(`create database ${TEMPLATE}`);
  await admin.end();
  const pool = new pg.Pool({ connectionString: databaseUrl(TEMPLATE) });
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  await migrateDatabase(db);
  await db.destroy();
}

export default setUp;
