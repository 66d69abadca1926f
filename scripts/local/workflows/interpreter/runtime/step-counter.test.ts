import { expect, test } from 'vitest';
import { createVirtualClock } from '../../clock/virtual-clock.ts';
import { createStepCounter } from './step-counter.ts';

const { signal } = new AbortController();

test('100,000 steps are accepted; one more raises an uncatchable limit error', async () => {
  const steps = createStepCounter(createVirtualClock(), signal);
  await steps.count(100_000);
  expect(() => steps.count(1)).toThrow(
    expect.objectContaining({
      catchable: false,
      message: 'ResourceLimitError: the execution exceeds the limit of 100000 steps',
    }),
  );
});

test('a busy loop yields once every thousand steps', async () => {
  const steps = createStepCounter(createVirtualClock(), signal);
  const pauses = Array.from({ length: 5000 }, () => steps.count(1)).filter(
    (pause) => pause !== undefined,
  );
  expect(pauses).toHaveLength(5);
  await Promise.all(pauses);
});

test('counting stops after a cancellation', () => {
  const stop = new AbortController();
  const steps = createStepCounter(createVirtualClock(), stop.signal);
  stop.abort(new Error('cancelled'));
  expect(() => steps.count(1)).toThrow('cancelled');
});
