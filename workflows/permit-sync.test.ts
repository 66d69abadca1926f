import { describe, expect, test } from 'vitest';
import {
  ANNOUNCE,
  answerAt,
  answerNormally,
  PUBLISH,
  startTestSync,
} from './testing/start-test-sync.ts';

function error(code: string, message: string) {
  return { error: { code, message } };
}
const unavailable = { status: 503, body: error('feed_unavailable', 'the portal is unavailable') };

describe('a successful run', () => {
  test('downloads, ingests each chunk once, finalizes, takes a snapshot and returns the run', async () => {
    await using sync = await startTestSync(answerNormally);
    const execution = await sync.run({});
    expect(execution.error).toBeUndefined();
    expect(JSON.parse(execution.result ?? '')).toMatchObject({ run_id: 7, status: 'completed' });
    const [first, ...others] = sync.calls.map(({ path }) => path);
    expect(first).toBe('/download');
    expect(others.slice(-3)).toEqual(['/finalize', '/snapshot', ANNOUNCE]);
    const chunks = sync.callsOf('/ingest-chunk').map(({ body }) => body);
    expect(chunks.map(({ chunk_number }) => chunk_number).toSorted()).toEqual([1, 2, 3]);
    expect(chunks.every(({ run_id }) => run_id === 7)).toBe(true);
    expect(sync.messages()).toEqual([]);
  });

  test('needs no argument', async () => {
    await using sync = await startTestSync(answerNormally);
    expect(await sync.run()).toMatchObject({ state: 'SUCCEEDED', argument: 'null' });
    expect(sync.calls[0]?.body).toEqual({ execution_id: expect.any(String) });
  });

  test('stops after download when the message has already started a run', async () => {
    const body = { run_id: 6, chunks_total: 3, duplicate_of: 6 };
    await using sync = await startTestSync(answerAt('/download', { status: 200, body }));
    const { result } = await sync.run({});
    expect(JSON.parse(result ?? '')).toEqual(body);
    expect(sync.calls).toHaveLength(1);
  });

  test('succeeds with a warning when the snapshot fails, and announces the run with it', async () => {
    const body = error('snapshot_broken', 'no score');
    await using sync = await startTestSync(answerAt('/snapshot', { status: 422, body }));
    const { state, result } = await sync.run({});
    expect(state).toBe('SUCCEEDED');
    const warning = {
      code: 'snapshot_failed',
      message: "The day's data quality was not measured, no score",
    };
    expect(sync.callsOf('/finalize').at(-1)?.body).toEqual({
      execution_id: expect.any(String),
      outcome: 'completed',
      warning,
    });
    expect(JSON.parse(result ?? '')).toMatchObject({ run_id: 7, warnings: [warning] });
    expect(sync.messages(ANNOUNCE)).toMatchObject([{ run_id: 7, warnings: [warning] }]);
    expect(sync.logs).toContainEqual(
      expect.objectContaining({
        severity: 'WARNING',
        jsonPayload: expect.objectContaining({ event: 'snapshot_failed', run_id: 7 }),
      }),
    );
  });

  test('continues when finalize completed the run but none of its responses arrived', async () => {
    await using sync = await startTestSync(
      answerAt('/finalize', (call) =>
        call.body.outcome === 'completed'
          ? unavailable
          : { status: 200, body: { run_id: 7, status: 'completed' } },
      ),
    );
    expect(await sync.run({})).toMatchObject({ state: 'SUCCEEDED' });
    expect(sync.callsOf('/snapshot')).toHaveLength(1);
    expect(sync.messages(ANNOUNCE)).toHaveLength(1);
    expect(sync.messages()).toEqual([]);
  });

  test('announces the completed run', async () => {
    await using sync = await startTestSync(answerNormally);
    const { result } = await sync.run({});
    expect(sync.messages(ANNOUNCE)).toEqual([JSON.parse(result ?? '')]);
  });

  test('succeeds with a warning when the run cannot be announced', async () => {
    await using sync = await startTestSync(answerAt(ANNOUNCE, { status: 403, body: {} }));
    const { state, result } = await sync.run({});
    expect(state).toBe('SUCCEEDED');
    expect(JSON.parse(result ?? '')).toMatchObject({
      warnings: [{ code: 'completion_not_published', message: expect.stringContaining('403') }],
    });
    expect(sync.logs).toContainEqual(
      expect.objectContaining({
        severity: 'WARNING',
        jsonPayload: expect.objectContaining({ event: 'completion_not_published', run_id: 7 }),
      }),
    );
  });

  test('succeeds when the warning cannot be stored', async () => {
    await using sync = await startTestSync((call, nth) =>
      call.path === '/snapshot' || (call.path === '/finalize' && nth > 1)
        ? { status: 422, body: '<html>' }
        : answerNormally(call, nth),
    );
    const { state, result } = await sync.run({});
    expect(state).toBe('SUCCEEDED');
    expect(JSON.parse(result ?? '')).toMatchObject({ run_id: 7, status: 'completed' });
    expect(sync.messages(ANNOUNCE)).toHaveLength(1);
    const events = sync.logs.map(({ jsonPayload }) => jsonPayload?.event);
    expect(events).toContain('snapshot_failed');
  });

  test('a dry run has no snapshot and is not announced', async () => {
    await using sync = await startTestSync(
      answerAt('/finalize', {
        status: 200,
        body: { run_id: 7, status: 'completed', dry_run: true },
      }),
    );
    const { result } = await sync.run({ dry_run: true });
    expect(JSON.parse(result ?? '')).toMatchObject({ run_id: 7, dry_run: true });
    expect(sync.callsOf('/snapshot')).toEqual([]);
    expect(sync.messages(ANNOUNCE)).toEqual([]);
  });

  test('succeeds when a call works on its second attempt', async () => {
    await using sync = await startTestSync(
      answerAt('/download', (call, nth) => (nth === 1 ? unavailable : answerNormally(call, nth))),
    );
    expect(await sync.run({})).toMatchObject({ state: 'SUCCEEDED' });
    expect(sync.callsOf('/download')).toHaveLength(2);
    expect(sync.clock.sleeps()).toHaveLength(1);
  });
});

describe('retry', () => {
  test('L07 the delays grow from about 300 to about 900 s and differ between executions', async () => {
    const delaysAt = async (startsAt: number) => {
      await using sync = await startTestSync(answerAt('/download', unavailable), { startsAt });
      await sync.run({});
      return sync.clock.sleeps();
    };
    const delays = [await delaysAt(1_700_000_000.004), await delaysAt(1_700_000_000.019)];
    for (const [first = 0, second = 0, ...others] of delays) {
      expect(first).toBeGreaterThanOrEqual(270);
      expect(first).toBeLessThanOrEqual(300);
      expect(second).toBe(3 * first);
      expect(others).toEqual([]);
      expect(Number.isInteger(first)).toBe(true);
    }
    expect(delays[0]).not.toEqual(delays[1]);
  });

  test.each([400, 404, 405, 409, 412, 422])('L08 a %i is not retried', async (status) => {
    await using sync = await startTestSync(answerAt('/download', { status, body: {} }));
    expect(await sync.run({})).toMatchObject({ state: 'FAILED' });
    expect(sync.callsOf('/download')).toHaveLength(1);
    expect(sync.clock.sleeps()).toEqual([]);
  });

  test.each([429, 500, 502, 503, 504, 599])('L08 a %i is retried', async (status) => {
    await using sync = await startTestSync(answerAt('/download', { status, body: {} }));
    expect(await sync.run({})).toMatchObject({ state: 'FAILED' });
    expect(sync.callsOf('/download')).toHaveLength(3);
  });

  test.each(['reset', 'silence'] as const)(
    'L08 a connection that ends in %s is retried',
    async (fault) => {
      await using sync = await startTestSync(answerAt('/download', fault));
      expect(await sync.run({})).toMatchObject({ state: 'FAILED' });
      expect(sync.callsOf('/download')).toHaveLength(3);
    },
  );

  test('L08 a refused connection is retried', async () => {
    await using sync = await startTestSync(answerNormally, {
      envVars: { DOWNLOAD_URL: 'http://127.0.0.1:1' },
    });
    expect(await sync.run({})).toMatchObject({ state: 'FAILED' });
    expect(sync.clock.sleeps()).toHaveLength(2);
    expect(sync.messages()).toMatchObject([{ attempts: 3, retryable: true }]);
  });
});

describe('terminal failure', () => {
  test('L06 after three failures the run is finalized as failed, a letter is sent and the execution fails', async () => {
    await using sync = await startTestSync(answerAt('/download', unavailable));
    const execution = await sync.run({ file_path: 'gs://feeds/old.json' });
    expect(execution.state).toBe('FAILED');
    expect(JSON.parse(execution.error?.payload ?? '')).toMatchObject({ code: 503, attempts: 3 });
    expect(sync.callsOf('/finalize')).toMatchObject([
      { body: { outcome: 'failed', error: { code: 503, body: unavailable.body } } },
    ]);
    expect(sync.messages()).toEqual([
      {
        event: 'sync_dead_lettered',
        execution_id: execution.name.split('/').at(-1),
        run_id: 7,
        records_processed: 12,
        attempts: 3,
        failed_chunks: [],
        chunks_done: null,
        chunks_total: null,
        snapshot_path: null,
        error_code: 'feed_unavailable',
        error_hint: null,
        error_message: 'the portal is unavailable',
        message: 'Dead-lettered, the portal is unavailable',
        retryable: true,
        advice: 'Retrying may help',
        argument: { file_path: 'gs://feeds/old.json' },
        file_path_had_query: false,
      },
    ]);
  });

  test('logs the dead letter at CRITICAL', async () => {
    await using sync = await startTestSync(answerAt('/download', { status: 422, body: {} }));
    await sync.run({});
    expect(sync.logs).toContainEqual(
      expect.objectContaining({
        severity: 'CRITICAL',
        jsonPayload: expect.objectContaining({
          event: 'sync_dead_lettered',
          attempts: 1,
          retryable: false,
        }),
      }),
    );
  });

  test('lets the other chunks finish when one fails permanently, and names the failed one', async () => {
    await using sync = await startTestSync(
      answerAt('/ingest-chunk', (call, nth) =>
        call.body.chunk_number === 2 ? { status: 422, body: {} } : answerNormally(call, nth),
      ),
    );
    expect(await sync.run({})).toMatchObject({ state: 'FAILED' });
    expect(sync.callsOf('/ingest-chunk')).toHaveLength(3);
    expect(sync.callsOf('/finalize')).toMatchObject([
      { body: { outcome: 'failed', error: { code: 'chunks_failed' } } },
    ]);
    expect(sync.messages()).toMatchObject([{ failed_chunks: [2], retryable: false, attempts: 1 }]);
  });

  test('sends the letter when finalize fails because the database is unavailable', async () => {
    await using sync = await startTestSync((call, nth) =>
      call.path === '/download' || call.path === '/finalize'
        ? unavailable
        : answerNormally(call, nth),
    );
    expect(await sync.run({})).toMatchObject({ state: 'FAILED' });
    expect(sync.messages()).toMatchObject([{ run_id: null, attempts: 3 }]);
    expect(sync.logs.map(({ jsonPayload }) => jsonPayload?.event)).toContain('finalize_failed');
  });

  test('finalizes the run and logs the letter when Pub/Sub is unavailable', async () => {
    await using sync = await startTestSync((call, nth) =>
      call.path === '/download' || call.path === PUBLISH
        ? { status: 403, body: {} }
        : answerNormally(call, nth),
    );
    const execution = await sync.run({});
    expect(JSON.parse(execution.error?.payload ?? '')).toMatchObject({ code: 403, attempts: 1 });
    expect(sync.callsOf('/finalize')).toHaveLength(1);
    const events = sync.logs.map(({ jsonPayload }) => jsonPayload?.event);
    expect(events).toEqual(
      expect.arrayContaining(['dead_letter_not_published', 'sync_dead_lettered']),
    );
  });

  test.each(['sync_already_running', 'feed_outdated'])('sends no letter for %s', async (code) => {
    const body = error(code, 'Run 6 is running');
    await using sync = await startTestSync(answerAt('/download', { status: 409, body }));
    expect(await sync.run({})).toMatchObject({ state: 'FAILED' });
    expect(sync.messages()).toEqual([]);
    expect(sync.logs.map(({ severity }) => severity)).not.toContain('CRITICAL');
  });

  test('sends no letter for a trigger whose refusal arrived only when it was repeated', async () => {
    const body = error('run_closed', 'Run 7 has failed');
    await using sync = await startTestSync((call, nth) => {
      if (call.path === '/download') return { status: 409, body };
      if (call.path !== '/finalize') return answerNormally(call, nth);
      const run = { run_id: 7, status: 'failed', error_code: 'sync_already_running' };
      return { status: 200, body: run };
    });
    expect(await sync.run({})).toMatchObject({ state: 'FAILED' });
    expect(sync.messages()).toEqual([]);
  });

  test('sends no letter for a failed dry run, which is closed', async () => {
    await using sync = await startTestSync(answerAt('/download', { status: 422, body: {} }));
    expect(await sync.run({ dry_run: true })).toMatchObject({ state: 'FAILED' });
    expect(sync.callsOf('/finalize')).toMatchObject([
      { body: { outcome: 'failed', argument: { dry_run: true } } },
    ]);
    expect(sync.messages()).toEqual([]);
  });

  test('returns the first run of a message delivered twice, and sends no second letter', async () => {
    const run = { run_id: 6, status: 'failed', duplicate_of: 6 };
    await using sync = await startTestSync((call, nth) => {
      if (call.path === '/download') return { status: 400, body: error('invalid_request', 'x') };
      return call.path === '/finalize' ? { status: 200, body: run } : answerNormally(call, nth);
    });
    const { state, result } = await sync.run({ data: { message: { data: 'x', messageId: '42' } } });
    expect(state).toBe('SUCCEEDED');
    expect(JSON.parse(result ?? '')).toEqual(run);
    expect(sync.messages()).toEqual([]);
  });

  test('the letter has what finalize says of the failed run', async () => {
    const run = {
      run_id: 7,
      chunks_done: 3,
      chunks_total: 12,
      snapshot_path: 'gs://feeds/runs/7/feed.json.gz',
      error_code: 'chunks_failed',
      error_message: 'chunks_failed: chunks [2]',
      error_hint: 'Mend it',
    };
    await using sync = await startTestSync((call, nth) => {
      if (call.path === '/ingest-chunk') return { status: 422, body: {} };
      return call.path === '/finalize' ? { status: 200, body: run } : answerNormally(call, nth);
    });
    await sync.run({});
    expect(sync.messages()).toMatchObject([{ ...run, advice: 'Retrying will not help' }]);
  });
});
