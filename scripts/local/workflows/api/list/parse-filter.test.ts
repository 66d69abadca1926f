import { expect, test } from 'vitest';
import type { Fields } from './field.ts';
import { orderItems } from './order-items.ts';
import { parseFilter } from './parse-filter.ts';

interface Item {
  readonly id: number;
  readonly state: string;
  readonly start?: string;
  readonly took?: string;
  readonly steps: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

const FIELDS: Fields<Item> = {
  id: { kind: 'number', read: ({ id }) => id },
  state: { kind: 'text', read: ({ state }) => state },
  start: { kind: 'time', read: ({ start }) => start },
  took: { kind: 'duration', read: ({ took }) => took },
  steps: { kind: 'texts', read: ({ steps }) => steps },
  labels: { kind: 'map', read: ({ labels }) => labels },
};

const ITEMS: readonly Item[] = [
  { id: 1, state: 'FAILED', start: '2023-08-01T00:00:00Z', took: '9s', steps: ['a'], labels: {} },
  {
    id: 2,
    state: 'SUCCEEDED',
    start: '2023-08-02T00:00:00.500Z',
    took: '10.5s',
    steps: ['a', 'b'],
    labels: { env: 'prod', team: 'data' },
  },
  { id: 10, state: 'ACTIVE', steps: [], labels: { env: 'test' } },
];

function find(filter: string) {
  return ITEMS.filter(parseFilter(filter, FIELDS)).map(({ id }) => id);
}

test.each<[string, number[]]>([
  ['state="FAILED"', [1]],
  ["state = 'FAILED'", [1]],
  ['state=FAILED', [1]],
  ['state!="FAILED"', [2, 10]],
  ['state:SUCCEEDED', [2]],
  ['state="*ED"', [1, 2]],
  ['state!="*ED"', [10]],
  ['state="S*ED"', [2]],
  ['id>2', [10]],
  ['id>=2', [2, 10]],
  ['id<10', [1, 2]],
  ['id<=1', [1]],
  ['start>"2023-08-01"', [2]],
  ['start>=2023-08-01', [1, 2]],
  ['start<2023-08-02T02:00:00+02:00', [1]],
  ['start>2023-08-02T00:00:00Z', [2]],
  ['start!="2023-08-01T00:00:00Z"', [2, 10]],
  ['took>9.5s', [2]],
  ['took<"10s"', [1]],
  ['steps="b"', [2]],
  ['steps:a', [1, 2]],
  ['steps!=a', [10]],
  ['labels.env="prod"', [2]],
  ['labels.env!="prod"', [1, 10]],
  ['labels.env:*', [2, 10]],
  ['labels:team', [2]],
  ['state="FAILED" OR state="ACTIVE"', [1, 10]],
  ['state="SUCCEEDED" AND id=1', []],
  ['state!="FAILED" id=10', [10]],
  ['NOT state="FAILED"', [2, 10]],
  ['-state="FAILED"', [2, 10]],
  ['NOT (state="FAILED" OR id=10)', [2]],
  // OR binds tighter than AND.
  ['id=1 OR id=2 AND state="SUCCEEDED"', [2]],
  ['(id=1) OR (id=2 AND state="SUCCEEDED")', [1, 2]],
  ['state="FAILED" AND NOT labels.env="prod"', [1]],
])('%s finds %j', (filter, ids) => {
  expect(find(filter)).toEqual(ids);
});

test.each([
  'state',
  'state=',
  '="FAILED"',
  'state="FAILED" OR',
  'state="FAILED" AND',
  '(state="FAILED"',
  'state="FAILED")',
  'state="FAILED',
  'colour=red',
  'toString=x',
  'state.x=1',
  'start>"yesterday"',
  'id=many',
  'took=long',
  'labels=prod',
])('%s is refused', (filter) => {
  expect(() => find(filter)).toThrow('invalid filter');
});

test.each<[string, number[]]>([
  ['id desc', [10, 2, 1]],
  ['state', [10, 1, 2]],
  ['state asc', [10, 1, 2]],
  ['start desc', [2, 1, 10]],
  ['took', [10, 1, 2]],
  ['steps, id desc', [10, 2, 1]],
])('ordered by %s', (orderBy, ids) => {
  expect(orderItems(ITEMS, orderBy, FIELDS).map(({ id }) => id)).toEqual(ids);
});

test.each(['colour', 'state up', 'labels', 'state desc id'])(
  'ordering by %s is refused',
  (orderBy) => {
    expect(() => orderItems(ITEMS, orderBy, FIELDS)).toThrow('invalid orderBy');
  },
);
