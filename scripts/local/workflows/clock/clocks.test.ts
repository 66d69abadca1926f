import { expect, test } from 'vitest';
import { createVirtualClock } from './virtual-clock.ts';
import { createWarpedClock } from './warped-clock.ts';

test('virtual time advances to each wake-up, in order', async () => {
  const clock = createVirtualClock({ startsAt: 1000 });
  const woken: (readonly [string, number])[] = [];
  const sleep = async (name: string, seconds: number) => {
    await clock.sleep(seconds);
    woken.push([name, clock.now()]);
  };
  await Promise.all([sleep('long', 3600), sleep('short', 5)]);
  expect(woken).toEqual([
    ['short', 1005],
    ['long', 4600],
  ]);
  expect(clock.sleeps()).toEqual([3600, 5]);
});

test('virtual time stands still while it is held', async () => {
  const clock = createVirtualClock({ startsAt: 1000 });
  const release = clock.hold?.();
  let isAwake = false;
  const sleeping = clock.sleep(5).then(() => {
    isAwake = true;
  });
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  expect(isAwake).toBe(false);
  release?.();
  await sleeping;
  expect(clock.now()).toBe(1005);
});

test('virtual time can be advanced by hand', async () => {
  const clock = createVirtualClock({ startsAt: 1000, movesByItself: false });
  const sleeping = clock.sleep(10);
  clock.advance(9);
  clock.advance(1);
  await sleeping;
  expect(clock.now()).toBe(1010);
});

test.each([
  ['virtual', createVirtualClock({ movesByItself: false })],
  ['warped', createWarpedClock(2)],
])('an aborted sleep of a %s clock rejects with the reason', async (_name, clock) => {
  const stop = new AbortController();
  const sleeping = clock.sleep(3600, stop.signal);
  const reason = new Error('stopped');
  stop.abort(reason);
  await expect(sleeping).rejects.toBe(reason);
  await expect(clock.sleep(1, stop.signal)).rejects.toBe(reason);
});

test('a warped clock shortens sleeps', async () => {
  await createWarpedClock(1e9).sleep(31_536_000);
});

test('a warp factor must be positive', () => {
  expect(() => createWarpedClock(0)).toThrow('above 0');
});
