import { afterEach, expect, test } from 'vitest';
import { startServer } from '../conformance/testing/start-server.ts';
import { startTestService, type TestService } from '../testing/start-test-service.ts';

const open: { test?: TestService } = {};
afterEach(() => open.test?.close());

const ECHO = `main:\n  params: [x]\n  steps:\n    - answer:\n        return: \${x}\n`;
const NAP = `- nap:\n    call: sys.sleep\n    args: {seconds: 3600}\n- answer:\n    return: rested\n`;

async function start(source: string, options: { movesByItself?: boolean } = {}) {
  const started = await startTestService(options);
  open.test = started;
  started.service.deploy({ workflowId: 'w', source });
  return started;
}

function idOf(execution: unknown) {
  return (execution as { name: string }).name.split('/').at(-1) ?? '';
}

test('create returns an active execution, and get the finished one', async () => {
  const { send, service } = await start(ECHO);
  const created = await send('POST', 'workflows/w/executions', {
    argument: '{"a":1}',
    labels: { who: 'test' },
  });
  const id = idOf(created.body);
  expect(created).toMatchObject({
    status: 200,
    body: {
      name: `projects/demo/locations/us-central1/workflows/w/executions/${id}`,
      state: 'ACTIVE',
      argument: '{"a":1}',
      labels: { who: 'test' },
      workflowRevisionId: expect.stringMatching(/^000001-[0-9a-f]{3}$/),
    },
  });
  await service.waitForExecution(id);
  const { body } = await send('GET', `workflows/w/executions/${id}`);
  expect(body).toMatchObject({
    state: 'SUCCEEDED',
    result: '{"a":1}',
    startTime: '2023-11-14T22:13:20.000Z',
    endTime: '2023-11-14T22:13:20.000Z',
    duration: '0s',
    status: { currentSteps: [{ routine: 'main', step: 'answer' }] },
  });
  const basic = await send('GET', `workflows/w/executions/${id}?view=BASIC`);
  expect(Object.keys(basic.body as object).toSorted()).toEqual([
    'duration',
    'endTime',
    'name',
    'startTime',
    'state',
    'workflowRevisionId',
  ]);
});

test('a sleep appears as the current step and in the duration', async () => {
  const { clock, send, service } = await start(NAP, { movesByItself: false });
  const id = idOf((await send('POST', 'workflows/w/executions', {})).body);
  expect((await send('GET', `workflows/w/executions/${id}`)).body).toMatchObject({
    state: 'ACTIVE',
    argument: 'null',
    status: { currentSteps: [{ routine: 'main', step: 'nap' }] },
  });
  clock.advance(3600);
  expect(await service.waitForExecution(id)).toMatchObject({
    duration: '3600s',
    state: 'SUCCEEDED',
  });
});

test('cancel ends a sleep at once', async () => {
  const { send, clock } = await start(NAP, { movesByItself: false });
  const started = clock.now();
  const id = idOf((await send('POST', 'workflows/w/executions', {})).body);
  const { status, body } = await send('POST', `workflows/w/executions/${id}:cancel`, {});
  expect(status).toBe(200);
  expect(body).toMatchObject({ state: 'CANCELLED' });
  expect(clock.now()).toBe(started);
  expect(await send('POST', `workflows/w/executions/${id}:cancel`, {})).toMatchObject({
    status: 400,
    body: { error: { code: 400, status: 'FAILED_PRECONDITION' } },
  });
});

test('cancel ends a request that gets no response', async () => {
  const asked = Promise.withResolvers<void>();
  const silent = await startServer(() => asked.resolve());
  const { service } = await start(`- ask:\n    call: http.get\n    args: {url: "${silent.url}"}\n`);
  const id = idOf(service.createExecution({ workflowId: 'w' }));
  await asked.promise;
  expect(await service.cancelExecution(id)).toMatchObject({ state: 'CANCELLED' });
  await silent.close();
});

test('each branch shows the step it is in', async () => {
  const source = [
    '- both:',
    '    parallel:',
    '      branches:',
    '        - one:',
    '            steps:',
    '              - nap_one:',
    '                  call: sys.sleep',
    '                  args: [10]',
    '        - two:',
    '            steps:',
    '              - nap_two:',
    '                  call: sys.sleep',
    '                  args: [20]',
  ].join('\n');
  const { send } = await start(source, { movesByItself: false });
  const id = idOf((await send('POST', 'workflows/w/executions', {})).body);
  expect((await send('GET', `workflows/w/executions/${id}`)).body).toMatchObject({
    status: {
      currentSteps: [
        { routine: 'main', step: 'nap_one' },
        { routine: 'main', step: 'nap_two' },
      ],
    },
  });
});

test('except cannot catch a cancellation', async () => {
  const guarded = [
    '- guard:',
    '    try:',
    '      call: sys.sleep',
    '      args: {seconds: 3600}',
    '    except:',
    '      as: e',
    '      steps:',
    '        - caught:',
    '            return: caught',
  ].join('\n');
  const { service } = await start(guarded, { movesByItself: false });
  const id = idOf(service.createExecution({ workflowId: 'w' }));
  expect(await service.cancelExecution(id)).toMatchObject({ state: 'CANCELLED' });
});

test('list returns pages, newest first, filtered by state', async () => {
  const { send, service } = await start(NAP, { movesByItself: false });
  const ids = [1, 2, 3].map(() => idOf(service.createExecution({ workflowId: 'w' })));
  await service.cancelExecution(ids[1] ?? '');
  const list = async (query: string) => {
    const { body } = await send('GET', `workflows/w/executions?${query}`);
    const page = body as { executions: { name: string }[]; nextPageToken?: string };
    return { ids: page.executions.map(idOf), token: page.nextPageToken };
  };
  const first = await list('pageSize=2');
  expect(first.ids).toEqual([ids[2], ids[1]]);
  expect(await list(`pageSize=2&pageToken=${first.token}`)).toEqual({
    ids: [ids[0]],
    token: undefined,
  });
  expect((await list('filter=state%3D%22ACTIVE%22')).ids).toEqual([ids[2], ids[0]]);
  expect((await list('filter=state%3DCANCELLED')).ids).toEqual([ids[1]]);
  const both = encodeURIComponent(`state="ACTIVE" AND executionId="${ids[0]}"`);
  expect((await list(`filter=${both}`)).ids).toEqual([ids[0]]);
  expect((await list('orderBy=state%20desc,executionId')).ids).toEqual([
    ids[1],
    ...[ids[0], ids[2]].toSorted(),
  ]);
  expect(await send('GET', 'workflows/w/executions?orderBy=colour')).toMatchObject({ status: 400 });
  expect(await send('GET', 'workflows/w/executions?filter=colour%3Dred')).toMatchObject({
    status: 400,
  });
});

test.each<[string, string, unknown, [number, string]]>([
  ['GET', 'workflows/none/executions', undefined, [404, 'NOT_FOUND']],
  ['GET', 'workflows/w/executions/none', undefined, [404, 'NOT_FOUND']],
  ['POST', 'workflows/none/executions', {}, [404, 'NOT_FOUND']],
  ['POST', 'workflows/w/executions', { argument: '{' }, [400, 'INVALID_ARGUMENT']],
  ['POST', 'workflows/w/executions', { argument: 5 }, [400, 'INVALID_ARGUMENT']],
  ['POST', 'workflows/w/executions', { callLogLevel: 'LOUD' }, [400, 'INVALID_ARGUMENT']],
  ['GET', 'workflows/w/executions?pageSize=-1', undefined, [400, 'INVALID_ARGUMENT']],
])("%s %s is refused in Google's form", async (method, path, body, [code, status]) => {
  const { send } = await start(ECHO);
  expect(await send(method, path, body)).toEqual({
    status: code,
    body: { error: { code, status, message: expect.any(String) } },
  });
});

test('a Pub/Sub push becomes a CloudEvent as the argument', async () => {
  const { send, service } = await start(ECHO);
  const message = { data: 'e30=', messageId: '42', publishTime: '2026-01-01T00:00:00Z' };
  const { body } = await send('POST', 'workflows/w:triggerPubsubExecution', {
    GCPCloudEventsMode: 'CE_PUBSUB_BINDING',
    message,
    subscription: 'projects/demo/subscriptions/s',
  });
  const ended = await service.waitForExecution(idOf(body));
  expect(JSON.parse(ended.result ?? '')).toMatchObject({
    id: '42',
    type: 'google.cloud.pubsub.topic.v1.messagePublished',
    data: { message, subscription: 'projects/demo/subscriptions/s' },
  });
});

test('a running execution keeps its revision after a new deployment', async () => {
  const { service } = await start(NAP);
  const before = service.createExecution({ workflowId: 'w' });
  service.deploy({ workflowId: 'w', source: `- answer:\n    return: new\n` });
  const after = service.createExecution({ workflowId: 'w' });
  expect((await service.waitForExecution(idOf(before))).result).toBe('"rested"');
  expect((await service.waitForExecution(idOf(after))).result).toBe('"new"');
  expect(after.workflowRevisionId).toMatch(/^000002-/);
});

test('executions are exported', async () => {
  const { send, service } = await start(ECHO);
  const id = idOf(service.createExecution({ workflowId: 'w' }));
  const ended = await service.waitForExecution(id);
  const { body } = await send('GET', `workflows/w/executions/${id}:exportData`);
  expect(JSON.parse((body as { data: string }).data)).toEqual(ended);
});

test('executions are filtered by label, current step and time', async () => {
  const { clock, send, service } = await start(NAP, { movesByItself: false });
  const first = service.createExecution({ workflowId: 'w', labels: { run: 'first' } });
  clock.advance(60);
  const second = service.createExecution({ workflowId: 'w' });
  const find = async (filter: string) => {
    const path = `workflows/w/executions?filter=${encodeURIComponent(filter)}`;
    const { body } = await send('GET', path);
    return (body as { executions: { name: string }[] }).executions.map(({ name }) => name);
  };
  expect(await find('labels.run="first"')).toEqual([first.name]);
  expect(await find('label.run="first" OR state="FAILED"')).toEqual([first.name]);
  expect(await find('startTime>"2023-11-14T22:13:20Z"')).toEqual([second.name]);
  expect(await find('NOT startTime>"2023-11-14T22:13:20Z" AND stepName="nap"')).toEqual([
    first.name,
  ]);
  expect(await find('duration>1s')).toEqual([]);
});

test('unspecified levels, as sent by gcloud, count as absent', async () => {
  const { send } = await start(ECHO);
  const { status, body } = await send('POST', 'workflows/w/executions', {
    callLogLevel: 'CALL_LOG_LEVEL_UNSPECIFIED',
    executionHistoryLevel: 'EXECUTION_HISTORY_LEVEL_UNSPECIFIED',
    disableConcurrencyQuotaOverflowBuffering: false,
  });
  expect(status).toBe(200);
  expect(body).not.toHaveProperty('callLogLevel');
  expect(body).not.toHaveProperty('executionHistoryLevel');
});

test('subscribers are told of each step and the end', async () => {
  const { service } = await start(NAP);
  const seen: string[] = [];
  const stop = service.subscribe(({ state, status }) => {
    seen.push(`${state} ${status.currentSteps.map(({ step }) => step).join()}`);
  });
  await service.waitForExecution(idOf(service.createExecution({ workflowId: 'w' })));
  stop();
  expect(seen).toEqual(['ACTIVE ', 'ACTIVE nap', 'ACTIVE answer', 'SUCCEEDED answer']);
});

test('closing cancels active executions', async () => {
  const { service } = await start(NAP, { movesByItself: false });
  const id = idOf(service.createExecution({ workflowId: 'w' }));
  await service.close();
  expect(service.getExecution(id).state).toBe('CANCELLED');
});

test('a thousand executions are kept, and the oldest are dropped first', async () => {
  const { service } = await start(ECHO);
  const ids: string[] = [];
  for (let nth = 0; nth < 1005; nth += 1) {
    const id = idOf(service.createExecution({ workflowId: 'w' }));
    ids.push(id);
    await service.waitForExecution(id);
  }
  expect(service.listExecutions('w')).toHaveLength(1000);
  expect(() => service.getExecution(ids[0] ?? '')).toThrow('does not exist');
  expect(service.getExecution(ids[5] ?? '').state).toBe('SUCCEEDED');
});
