import { afterEach, expect, test } from 'vitest';
import { startTestService, type TestService } from './testing/start-test-service.ts';

const open: { test?: TestService } = {};
afterEach(() => open.test?.close());

type Shown = {
  readonly entryId: string;
  readonly step: string;
  readonly stepType: string;
  readonly state: string;
  readonly navigationInfo: { children: string[]; parent?: string };
  readonly stepEntryMetadata: { progressType?: string; progressNumber?: string };
  readonly variableData?: { variables: Readonly<Record<string, unknown>> };
};
type Page = { stepEntries: Shown[]; nextPageToken?: string; totalSize: number };

async function start(source: string, options: { movesByItself?: boolean } = {}) {
  const started = await startTestService(options);
  open.test = started;
  started.service.deploy({ workflowId: 'w', source });
  const create = async (body: object = {}) => {
    const answer = await started.send('POST', 'workflows/w/executions', body);
    const { name } = answer.body as { name: string };
    const id = name.slice(name.lastIndexOf('/') + 1);
    return { name, id, path: `workflows/w/executions/${id}` };
  };
  const run = async (body?: object) => {
    const created = await create(body);
    await started.service.waitForExecution(created.id);
    return created;
  };
  const list = async (path: string, query = '') => {
    const { body } = await started.send('GET', `${path}/stepEntries${query}`);
    return body as Page;
  };
  return { ...started, create, run, list };
}

/** The tree of entries, each as `type step progress state`, indented below its parent. */
function draw({ stepEntries }: Page): string[] {
  const byId = new Map(stepEntries.map((entry) => [entry.entryId, entry]));
  const drawEntry = (entry: Shown | undefined, indent: string): string[] => {
    if (entry === undefined) return [];
    const { step, stepType, state, navigationInfo, stepEntryMetadata } = entry;
    const { progressType, progressNumber } = stepEntryMetadata;
    const progress =
      progressType === undefined ? '' : ` ${progressType.slice(14)} ${progressNumber}`;
    return [
      `${indent}${stepType.slice(5)} ${step}${progress} ${state.slice(6)}`,
      ...navigationInfo.children.flatMap((id) => drawEntry(byId.get(id), `${indent}  `)),
    ];
  };
  return stepEntries
    .filter(({ navigationInfo }) => navigationInfo.parent === undefined)
    .flatMap((entry) => drawEntry(entry, ''));
}

const EVERYTHING = `
main:
  steps:
    - prepare:
        assign: [{n: 1}]
    - group:
        steps:
          - shout:
              call: text.to_upper
              args: ["x"]
    - choose:
        switch:
          - condition: \${n == 2}
            next: end
          - condition: \${n == 1}
            call: double_it
            args: [3]
            result: n
    - loop:
        for:
          value: v
          in: [7, 8]
          steps:
            - look:
                assign: [{seen: "\${v}"}]
    - hop:
        next: both
    - both:
        parallel:
          branches:
            - one:
                steps:
                  - nap:
                      call: sys.sleep
                      args: [1]
            - two:
                steps:
                  - rest:
                      assign: [{x: 1}]
    - each:
        parallel:
          for:
            value: v
            in: [1]
            steps:
              - touch:
                  assign: [{y: 1}]
    - guard:
        try:
          raise: {message: broken, tags: [Odd]}
        retry:
          predicate: \${retry.always}
          max_retries: 1
          backoff: {initial_delay: 1, max_delay: 1, multiplier: 1}
        except:
          as: e
          steps:
            - note:
                assign: [{why: "\${e.message}"}]
    - done:
        return: \${n}
double_it:
  params: [x]
  steps:
    - answer:
        return: \${2 * x}
`;

test('every step and block has an entry below the one it is part of', async () => {
  const { run, list } = await start(EVERYTHING);
  const { path } = await run();
  expect(draw(await list(path))).toEqual([
    'ASSIGN prepare SUCCEEDED',
    'STD_LIB_CALL shout SUCCEEDED',
    'SWITCH choose SUCCEEDED',
    '  CONDITION choose SWITCH 2 SUCCEEDED',
    '    SUBWORKFLOW_CALL choose SUCCEEDED',
    '      RETURN answer SUCCEEDED',
    'FOR loop SUCCEEDED',
    '  FOR_ITERATION loop FOR 1 SUCCEEDED',
    '    ASSIGN look SUCCEEDED',
    '  FOR_ITERATION loop FOR 2 SUCCEEDED',
    '    ASSIGN look SUCCEEDED',
    'GOTO hop SUCCEEDED',
    'PARALLEL_BRANCH both SUCCEEDED',
    '  PARALLEL_BRANCH_ENTRY both PARALLEL_BRANCH 1 SUCCEEDED',
    '    STD_LIB_CALL nap SUCCEEDED',
    '  PARALLEL_BRANCH_ENTRY both PARALLEL_BRANCH 2 SUCCEEDED',
    '    ASSIGN rest SUCCEEDED',
    'PARALLEL_FOR each SUCCEEDED',
    '  FOR_ITERATION each PARALLEL_FOR 1 SUCCEEDED',
    '    ASSIGN touch SUCCEEDED',
    'TRY_RETRY_EXCEPT guard SUCCEEDED',
    '  TRY guard FAILED',
    '    RAISE guard FAILED',
    '  RETRY guard RETRY 1 FAILED',
    '    RAISE guard FAILED',
    '  EXCEPT guard SUCCEEDED',
    '    ASSIGN note SUCCEEDED',
    'RETURN done SUCCEEDED',
  ]);
});

test('an entry has its fields in the form of the API, 64-bit integers as strings', async () => {
  const { run, list, send } = await start(EVERYTHING);
  const { name, path } = await run();
  const { stepEntries, totalSize } = await list(path);
  expect(totalSize).toBe(28);
  expect(stepEntries[9]).toEqual({
    name: `${name}/stepEntries/10`,
    entryId: '10',
    createTime: '2023-11-14T22:13:20.000Z',
    updateTime: '2023-11-14T22:13:20.000Z',
    routine: 'main',
    step: 'loop',
    stepType: 'STEP_FOR_ITERATION',
    state: 'STATE_SUCCEEDED',
    navigationInfo: { children: ['11'], parent: '7', previous: '8' },
    stepEntryMetadata: {
      threadId: 'main',
      progressType: 'PROGRESS_TYPE_FOR',
      progressNumber: '2',
    },
  });
  expect(stepEntries[13]).toMatchObject({ stepEntryMetadata: { threadId: 'main/one' } });
  expect(await send('GET', `${path}/stepEntries/10`)).toEqual({
    status: 200,
    body: stepEntries[9],
  });
  expect(await send('GET', `${path}/stepEntries/99`)).toMatchObject({ status: 404 });
  expect(await send('GET', `workflows/w/executions/none/stepEntries`)).toMatchObject({
    status: 404,
  });
});

test('a failed entry has what was raised, those around it as well', async () => {
  const { run, list } = await start('- outer:\n    steps:\n      - bad:\n          raise: no\n');
  const { path } = await run();
  expect((await list(path)).stepEntries).toMatchObject([
    { step: 'bad', state: 'STATE_FAILED', exception: { payload: '"no"' } },
  ]);
});

test('entries are there while the execution runs, and are cancelled with it', async () => {
  const nap = '- nap:\n    call: sys.sleep\n    args: [60]\n';
  const { clock, create, list, send } = await start(nap, { movesByItself: false });
  const { path } = await create();
  expect(draw(await list(path))).toEqual(['STD_LIB_CALL nap IN_PROGRESS']);
  clock.advance(5);
  expect(await send('POST', `${path}:deleteExecutionHistory`, {})).toMatchObject({ status: 400 });
  await send('POST', `${path}:cancel`, {});
  expect((await list(path)).stepEntries).toMatchObject([
    { state: 'STATE_CANCELLED', updateTime: '2023-11-14T22:13:25.000Z' },
  ]);
});

test('the list is filtered, ordered and cut into pages', async () => {
  const { run, list } = await start(EVERYTHING);
  const { path } = await run();
  const ids = async (query: string) => {
    const { stepEntries, nextPageToken, totalSize } = await list(path, query);
    return { ids: stepEntries.map(({ entryId }) => Number(entryId)), nextPageToken, totalSize };
  };
  const last = { nextPageToken: undefined };
  expect(await ids('?filter=parent=7')).toEqual({ ids: [8, 10], totalSize: 2, ...last });
  expect(await ids('?filter=state=FAILED&pageSize=3')).toEqual({
    ids: [22, 23, 24],
    totalSize: 4,
    nextPageToken: '3',
  });
  expect(await ids('?filter=state=FAILED&pageSize=3&pageToken=3')).toEqual({
    ids: [25],
    totalSize: 4,
    ...last,
  });
  expect(await ids('?filter=stepType="STEP_RETURN"&orderBy=entryId%20desc')).toEqual({
    ids: [28, 6],
    totalSize: 2,
    ...last,
  });
  expect((await ids('?skip=26')).ids).toEqual([27, 28]);
  expect((await ids('?pageSize=5&pageToken=5&skip=2')).ids).toEqual([8, 9, 10, 11, 12]);
});

test('detailed history has the variables in scope and how often a loop goes round', async () => {
  const { run, list } = await start(EVERYTHING);
  const { path } = await run({ executionHistoryLevel: 'EXECUTION_HISTORY_DETAILED' });
  const { stepEntries } = await list(path);
  expect(stepEntries[0]?.variableData).toEqual({ variables: { n: 1 } });
  expect(stepEntries[5]?.variableData).toEqual({ variables: { x: 3 } });
  expect(stepEntries[8]?.variableData).toEqual({ variables: { n: 6, v: 7, seen: 7 } });
  expect(stepEntries[6]).toMatchObject({ stepEntryMetadata: { expectedIteration: '2' } });
  const basic = await list(path, '?view=EXECUTION_ENTRY_VIEW_BASIC');
  expect(basic.stepEntries[0]).not.toHaveProperty('variableData');
});

test('basic history, the default, has no variables', async () => {
  const { run, list } = await start(EVERYTHING);
  const { path } = await run();
  expect((await list(path)).stepEntries[0]).not.toHaveProperty('variableData');
});

const LARGE = `
main:
  params: [x]
  steps:
    - make:
        assign:
          - big: \${text.to_upper(x)}
          - raw: \${text.encode("ab")}
`;

test('a large variable and bytes are described instead of kept', async () => {
  const { run, list } = await start(LARGE);
  const { path } = await run({
    argument: JSON.stringify('y'.repeat(10_000)),
    executionHistoryLevel: 'EXECUTION_HISTORY_DETAILED',
  });
  expect((await list(path)).stepEntries[0]?.variableData?.variables).toEqual({
    x: '(10008 bytes, not kept)',
    big: '(10008 bytes, not kept)',
    raw: '2 bytes',
  });
});

test('an execution’s history can be deleted, and it stays', async () => {
  const { run, list, send } = await start(EVERYTHING);
  const { path } = await run();
  expect(await send('POST', `${path}:deleteExecutionHistory`, {})).toEqual({
    status: 200,
    body: {},
  });
  expect(await list(path)).toEqual({ stepEntries: [], totalSize: 0 });
  expect(await send('GET', path)).toMatchObject({ body: { state: 'SUCCEEDED' } });
});
