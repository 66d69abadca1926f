import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import type { TestProject } from 'vitest/node';
import { migrateUrl } from '../../../sql/migrate-url.ts';
import { createMonitoringApi } from '../monitoring/create-monitoring-api.ts';
import { createDatabase } from '../postgres/create-database.ts';
import { startPostgres } from '../postgres/start-postgres.ts';
import { listen } from '../rest/listen.ts';
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
  await createDatabase(postgres.databaseUrl('postgres'), TEMPLATE);
  await migrateUrl(postgres.databaseUrl(TEMPLATE));
  const storage = createStorageApi({ directory: join(directory, 'storage') });
  const app = express().use(storage.router).use(createMonitoringApi());
  const server = await listen(app, 0);

  project.provide('databaseUrl', postgres.databaseUrl('postgres'));
  project.provide('templateDatabase', TEMPLATE);
  project.provide('googleApiEndpoint', server.url);

  return async () => {
    await server.close();
    await storage.close();
    await postgres.stop();
    // Under root it may be outside the directory.
    await rm(postgres.folder, { recursive: true, force: true });
    await rm(directory, { recursive: true, force: true });
  };
}

export default setUp;
