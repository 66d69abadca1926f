import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { expect, test } from 'vitest';
import { cloneDatabase } from '../functions/shared/testing/clone-database.ts';

const SCRIPT = fileURLToPath(new URL('./rejects.ts', import.meta.url));

test('lists the rejects of a run, by default the latest; only JSON has the records’ text', async () => {
  await using database = await cloneDatabase();
  const client = new pg.Client(database.url);
  await client.connect();
  await client.query(`
    insert into sync_runs (execution_id, trigger, status, error_message, completed_at, duration_ms)
    values ('a', 'manual', 'failed', 'x', now(), 1), ('b', 'manual', 'failed', 'x', now(), 1);
    insert into sync_chunks (run_id, chunk_number, byte_start, byte_end, record_count)
    values (1, 1, 0, 9, 9), (2, 1, 0, 9, 9);
    insert into sync_rejects (run_id, chunk_number, position, permit_num, reason, record)
    values
      (1, 1, 4, '26 100001 BLD', 'ISSUED_DATE: "soon" is not a date', '{"BUILDER_NAME": "Private Person"}'),
      (2, 1, 2, null, 'not an object', '17');
  `);
  await client.end();
  const run = async (...args: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, ...args], {
      env: { DATABASE_URL: database.url },
    });
    return stdout;
  };
  expect(await run('--run', '1')).toBe(
    'run 1  chunk 1  record 4  26 100001 BLD | ? | ?  ISSUED_DATE: "soon" is not a date\n',
  );
  expect(await run()).toBe('run 2  chunk 1  record 2  ? | ? | ?  not an object\n');
  expect(JSON.parse(await run('--run', '1', '--json'))).toMatchObject([
    { run_id: 1, position: 4, record: '{"BUILDER_NAME": "Private Person"}' },
  ]);
});
