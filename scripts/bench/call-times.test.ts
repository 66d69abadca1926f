import { expect, test } from 'vitest';
import { createCallClock, sumCalls } from './call-times.ts';

function started(step: string) {
  return JSON.stringify({ event: 'call_started', step });
}
function completed(step: string, duration_ms: number) {
  return JSON.stringify({ event: 'call_completed', step, duration_ms });
}

test('calls are timed by the log entries of their ends; other lines are ignored', async () => {
  const times = [100, 260];
  const clock = createCallClock(() => times.shift() ?? 0);
  clock.watch('not JSON');
  clock.watch(JSON.stringify({ event: 'feed_downloaded', step: 'download' }));
  clock.watch(started('download'));
  clock.watch(completed('download', 90));
  clock.watch(started('finalize'));
  clock.watch(completed('finalize', 40));
  expect(await clock.take()).toEqual([
    { step: 'download', start: 10, end: 100 },
    { step: 'finalize', start: 220, end: 260 },
  ]);
  expect(await clock.take()).toEqual([]);
});

test('take() waits for the end of a call that has begun', async () => {
  const clock = createCallClock(() => 50);
  clock.watch(started('snapshot'));
  const taken = clock.take();
  clock.watch(completed('snapshot', 20));
  expect(await taken).toEqual([{ step: 'snapshot', start: 30, end: 50 }]);
});

test('concurrent calls count once in the span and each in the sum', () => {
  const calls = [
    { step: 'download', start: 10, end: 30 },
    { step: 'ingest-chunk', start: 40, end: 60 },
    { step: 'ingest-chunk', start: 50, end: 90 },
    { step: 'ingest-chunk', start: 55, end: 70 },
  ];
  expect(sumCalls(calls, 100)).toEqual({
    steps: {
      download: { calls: 1, span: 20, busy: 20 },
      'ingest-chunk': { calls: 3, span: 50, busy: 75 },
    },
    between: 30,
  });
});
