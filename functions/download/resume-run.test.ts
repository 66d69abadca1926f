import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { finalizeRun } from '../finalize/finalize-run.ts';
import { ingestChunk } from '../ingest-chunk/ingest-chunk.ts';
import { createTestContext, type TestContext } from '../shared/testing/create-test-context.ts';
import { permitRecord } from '../shared/testing/permit-record.ts';
import type { DownloadRequest } from './contract.ts';
import { downloadFeed } from './download-feed.ts';

let context: TestContext;
let folder: string;

beforeAll(async () => {
  context = await createTestContext({ CHUNK_RECORDS: '2' });
  folder = await mkdtemp(join(tmpdir(), 'resume-run-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await context[Symbol.asyncDispose]();
});

beforeEach(() => context.pool.query('truncate stored_permits, permit_history, sync_runs cascade'));

function download(fields: Partial<DownloadRequest>) {
  return downloadFeed(context, { execution_id: randomUUID(), trigger: 'manual', ...fields });
}

function readRun(id: number) {
  return context.db
    .selectFrom('sync_runs')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

async function close(runId: number, outcome: 'completed' | 'failed') {
  const { execution_id } = await readRun(runId);
  return finalizeRun(context, { execution_id, outcome, error: 'the database went away' });
}

/** A run over `records`, two per chunk, that fails after ingesting the given chunks. */
async function failAfter(chunks: readonly number[], records: readonly unknown[]) {
  const file_path = join(folder, `${randomUUID()}.json`);
  await writeFile(file_path, JSON.stringify(records));
  const { run_id } = await download({ file_path });
  await rm(file_path);
  for (const chunk_number of chunks) await ingestChunk(context, { run_id, chunk_number });
  await close(run_id, 'failed');
  return run_id;
}

async function resume(earlier: number) {
  const { run_id, chunks_total } = await download({ resume_run_id: earlier });
  for (let chunk_number = 1; chunk_number <= chunks_total; chunk_number += 1) {
    await ingestChunk(context, { run_id, chunk_number });
  }
  return close(run_id, 'completed');
}

async function selectStatuses() {
  const { rows } = await context.pool.query('select permit_num, status from permits order by 1');
  return rows.map(({ permit_num, status }) => `${permit_num}: ${status}`);
}

const records = [1, 2, 3, 4, 5].map((ordinal) => permitRecord(ordinal));

describe('a resumed run', () => {
  test('reuses the stored feed and ingests only the remaining chunks', async () => {
    const earlier = await failAfter([2], records);
    const closed = await resume(earlier);
    expect(closed).toMatchObject({ status: 'completed', records_total: 3, records_new: 3 });
    expect(await readRun(closed.run_id)).toMatchObject({
      resumed_from: earlier,
      chunks_total: 2,
      snapshot_path: (await readRun(earlier)).snapshot_path,
    });
    expect(await selectStatuses()).toHaveLength(5);
  });

  test('has nothing to do if every chunk of the earlier run is done', async () => {
    const closed = await resume(await failAfter([1, 2, 3], records));
    expect(closed).toMatchObject({ status: 'completed', records_total: 0 });
  });

  test('is judged by the rejects of the whole feed, not of its own chunks', async () => {
    const feed = [...records.slice(0, 4), permitRecord(5, { ISSUED_DATE: 'soon' })];
    const closed = await resume(await failAfter([1, 2], feed));
    expect(closed).toMatchObject({ status: 'completed', records_total: 1, records_errors: 1 });
  });

  test('can be resumed itself', async () => {
    const first = await failAfter([1], records);
    const second = await download({ resume_run_id: first });
    await ingestChunk(context, { run_id: second.run_id, chunk_number: 2 });
    await close(second.run_id, 'failed');
    expect(await resume(second.run_id)).toMatchObject({ records_total: 2, records_new: 2 });
    expect(await selectStatuses()).toHaveLength(5);
  });

  test.each([
    [1, 2],
    [2, 1],
  ])(
    'keeps the same winner of a duplicate whether its chunk %i or %i came before the failure',
    async (done) => {
      const winner = permitRecord(1, { ISSUED_DATE: '2026-03-01', STATUS: 'Inspection' });
      const feed = [permitRecord(1), permitRecord(2), winner, permitRecord(3)];
      await resume(await failAfter([done], feed));
      expect((await selectStatuses())[0]).toBe('26 100001 BLD: Inspection');
    },
  );

  test('keeps the warnings of what the earlier run accepted', async () => {
    const earlier = await failAfter([1], records);
    const accepted = { code: 'schema_drift', message: 'gone', accepted: true };
    const other = { code: 'metrics_not_written', message: 'later' };
    await context.pool.query('update sync_runs set warnings = $1', [
      JSON.stringify([accepted, other]),
    ]);
    const second = await download({ resume_run_id: earlier });
    expect((await readRun(second.run_id)).warnings).toEqual([accepted]);
  });

  test('is refused if its feed is outdated, unless that is accepted again', async () => {
    const first = await failAfter([1], records);
    const later = await failAfter([1], records);
    const { snapshot_path } = await readRun(first);
    const back = await download({ file_path: snapshot_path, accept_outdated: true });
    await ingestChunk(context, { run_id: back.run_id, chunk_number: 1 });
    await close(back.run_id, 'failed');

    const message = `The feed is that of run ${first}; run ${later} has stored a later one`;
    const resume_run_id = back.run_id;
    await expect(download({ resume_run_id })).rejects.toMatchObject({
      code: 'feed_outdated',
      message,
    });
    const [{ id }] = (await context.pool.query("select id from sync_runs where status = 'running'"))
      .rows;
    await close(id, 'failed');
    const { run_id } = await download({ resume_run_id, accept_outdated: true });
    expect((await readRun(run_id)).warnings).toEqual([
      { code: 'feed_outdated', message, accepted: true },
    ]);
  });

  test('is opened once if the call is repeated', async () => {
    const earlier = await failAfter([2], records);
    const request = { execution_id: randomUUID(), trigger: 'manual' as const };
    const first = await downloadFeed(context, { ...request, resume_run_id: earlier });
    await ingestChunk(context, { run_id: first.run_id, chunk_number: 1 });
    expect(await downloadFeed(context, { ...request, resume_run_id: earlier })).toEqual(first);
  });

  test('needs an earlier run that failed after its feed was stored', async () => {
    const { run_id } = await download({ file_path: await saveFeed() });
    await ingestChunk(context, { run_id, chunk_number: 1 });
    await close(run_id, 'completed');
    await expect(download({ resume_run_id: run_id })).rejects.toMatchObject({
      code: 'run_not_resumable',
      status: 409,
    });
    const [{ id }] = (await context.pool.query("select id from sync_runs where status = 'running'"))
      .rows;
    await close(id, 'failed');
    await expect(download({ resume_run_id: id })).rejects.toMatchObject({
      code: 'run_not_resumable',
    });
  });

  test('needs an earlier run since which nothing has been stored', async () => {
    const first = await failAfter([1], records);
    const second = await download({ resume_run_id: first });
    await ingestChunk(context, { run_id: second.run_id, chunk_number: 1 });
    await close(second.run_id, 'failed');
    await expect(download({ resume_run_id: first })).rejects.toMatchObject({
      code: 'run_not_resumable',
      message: `Run ${second.run_id} has stored permits since run ${first}`,
      hint: expect.stringContaining(`Resume run ${second.run_id}`),
    });
  });

  test("is refused after a later feed has been stored: Monday's letter after Tuesday's sync", async () => {
    const monday = await failAfter([1], records);
    const changed = records.map((record) => ({ ...record, STATUS: 'Closed' }));
    const tuesday = await failAfter([1, 2, 3], changed);
    const before = await selectStatuses();
    await expect(download({ resume_run_id: monday })).rejects.toMatchObject({
      code: 'feed_outdated',
      status: 409,
      message: `The feed is that of run ${monday}; run ${tuesday} has stored a later one`,
    });
    expect(await selectStatuses()).toEqual(before);
  });

  test('needs an earlier run whose records have fingerprints', async () => {
    const earlier = await failAfter([1], records);
    await context.pool.query('update sync_chunks set record_fingerprints = null');
    await expect(download({ resume_run_id: earlier })).rejects.toMatchObject({
      code: 'run_not_resumable',
      message: `Run ${earlier} was stored by an earlier version`,
    });
  });

  test('needs an earlier run that exists', async () => {
    await expect(download({ resume_run_id: 999 })).rejects.toMatchObject({
      code: 'run_not_resumable',
      message: 'Run 999 does not exist',
    });
  });
});

test('all chunks of a stored feed can be synced again by its path', async () => {
  const { snapshot_path } = await readRun(await failAfter([1, 2, 3], records));
  const { run_id, chunks_total } = await download({ file_path: snapshot_path ?? '' });
  expect(chunks_total).toBe(3);
  for (const chunk_number of [1, 2, 3]) await ingestChunk(context, { run_id, chunk_number });
  expect(await close(run_id, 'completed')).toMatchObject({
    records_total: 5,
    records_unchanged: 5,
  });
});

test('a stored feed is refused after a later one has been stored, unless accepted', async () => {
  const monday = await failAfter([1, 2, 3], records);
  const changed = records.map((record) => ({ ...record, STATUS: 'Closed' }));
  await failAfter([2], changed);
  const file_path = (await readRun(monday)).snapshot_path ?? '';
  await expect(download({ file_path })).rejects.toMatchObject({ code: 'feed_outdated' });
  const { rows } = await context.pool.query("select id from sync_runs where status = 'running'");
  await close(rows[0].id, 'failed');
  const { run_id } = await download({ file_path, accept_outdated: true });
  expect(await readRun(run_id)).toMatchObject({
    accept_outdated: true,
    source: 'file',
    feed_run: monday,
    feed_at: (await readRun(monday)).feed_at,
  });
});

async function saveFeed(): Promise<string> {
  const path = join(folder, `${randomUUID()}.json`);
  await writeFile(path, JSON.stringify([permitRecord(1)]));
  return path;
}
