import { expect, test } from 'vitest';
import type { Round } from '../run-round.ts';
import { figuresOf, growthOf, roundOf } from '../testing/figures.ts';
import { summarise } from './summarise.ts';

/** Names of the missed targets. */
function missedBy(round: Round, ...growth: Parameters<typeof growthOf> | []): readonly string[] {
  const [slowness, ...rest] = growth;
  const rounds =
    slowness === undefined ? undefined : [growthOf(slowness, ...(rest as [number, number]))];
  const { targets } = summarise(figuresOf([round], rounds));
  return targets.filter(({ met }) => met === false).map(({ name }) => name);
}

test('a run within every limit misses no target', () => {
  expect(missedBy(roundOf(1), 1, 1.05, 105)).toEqual([]);
});

test.each([
  [{ first: 1.3 }, 'first load, ours / floor'],
  [{ unchanged: 1.6 }, 'all unchanged, ours / floor'],
  [{ weekday: 1.6 }, 'weekday, ours / floor all unchanged'],
  [{ rows: 39 }, 'first load, row at a time / ours'],
  [{ walPerUnchanged: 81 }, 'WAL per unchanged record'],
  [{ engine: 1.1 }, 'the engine, of a first load'],
])('%j misses %s', (changes, name) => {
  expect(missedBy(roundOf(1, changes))).toEqual([name]);
});

test.each([
  [1.2, 105, ['time per record, 10× / 1×']],
  [1, 111, ['peak RSS of a function, 10× / 1×']],
  [1, 89, ['peak RSS of a function, 10× / 1×']],
  [1, 260, ['peak RSS of any function at 10×', 'peak RSS of a function, 10× / 1×']],
])('growth by %d in time, to %d MiB, misses %j', (ratio, rss, names) => {
  expect(missedBy(roundOf(1), 1, ratio, rss)).toEqual(names);
});

test('too much memory misses the target, except for the local cloud, which is not a function', () => {
  const memory = { download: 257 * 1_048_576, 'local cloud': 900 * 1_048_576 };
  const { targets } = summarise({ ...figuresOf(), memory });
  expect(targets.filter(({ met }) => met === false)).toEqual([
    { name: 'peak RSS of any function', limit: '≤ 256 MiB', measured: 257, met: false },
  ]);
});

test('a target of growth that was not measured is neither met nor missed', () => {
  const { targets } = summarise(figuresOf());
  expect(
    targets.filter(({ met }) => met === null).map(({ name, measured }) => [name, measured]),
  ).toEqual([
    ['peak RSS of any function at 10×', null],
    ['peak RSS of a function, 10× / 1×', null],
    ['time per record, 10× / 1×', null],
  ]);
});
