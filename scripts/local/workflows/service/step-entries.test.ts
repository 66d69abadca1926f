import { expect, test } from 'vitest';
import { createStepEntries } from './step-entries.ts';

const STEP = {
  parent: undefined,
  kind: 'ASSIGN',
  routine: 'main',
  step: 's',
  thread: 'main',
} as const;

test('a long execution keeps its last entries and those in progress', () => {
  const entries = createStepEntries({ now: () => 0, keepUnitsPerExecution: 5 });
  const trace = entries.trace('a', { isDetailed: false });
  const loop = trace.begin({ ...STEP, kind: 'FOR' });
  for (let nth = 0; nth < 100; nth += 1) trace.end(trace.begin({ ...STEP, parent: loop }), {});
  expect(entries.list('a').map(({ id }) => id)).toEqual([1, 98, 99, 100, 101]);
  trace.end(loop, {});
  expect(entries.list('a')[0]).toMatchObject({ id: 1, state: 'SUCCEEDED' });
});

test('variables count by their size', () => {
  const entries = createStepEntries({ now: () => 0, keepUnitsPerExecution: 20 });
  const trace = entries.trace('a', { isDetailed: true });
  const variables = () => [['x', 'y'.repeat(2040)]] as const;
  for (let nth = 0; nth < 10; nth += 1) trace.end(trace.begin(STEP), { variables });
  // 2 KiB each: 8 units and one for the entry.
  expect(entries.list('a').map(({ id }) => id)).toEqual([9, 10]);
});

test('the entries of the oldest executions are dropped first', () => {
  const entries = createStepEntries({ now: () => 0, keepUnits: 4 });
  for (const id of ['a', 'b', 'c']) {
    const trace = entries.trace(id, { isDetailed: false });
    for (let nth = 0; nth < 3; nth += 1) trace.end(trace.begin(STEP), {});
  }
  expect(['a', 'b', 'c'].map((id) => entries.list(id).length)).toEqual([0, 3, 3]);
});
