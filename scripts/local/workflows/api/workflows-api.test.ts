import { afterEach, expect, test } from 'vitest';
import { startTestService, type TestService } from './testing/start-test-service.ts';

const open: { test?: TestService } = {};
afterEach(() => open.test?.close());

async function start() {
  const started = await startTestService();
  open.test = started;
  return started;
}

const SOURCE = '- answer:\n    return: 1\n';

test('a workflow is created, described, patched, listed and deleted through operations', async () => {
  const { send } = await start();
  expect(await send('GET', 'workflows/w')).toMatchObject({ status: 404 });
  const created = await send('POST', 'workflows?workflowId=w', {
    sourceContents: SOURCE,
    userEnvVars: { A: 'b' },
  });
  const name = 'projects/demo/locations/us-central1/workflows/w';
  const operation = created.body as { name: string };
  expect(created.body).toMatchObject({
    name: expect.stringMatching(/^projects\/demo\/locations\/us-central1\/operations\/./),
    done: true,
    metadata: { verb: 'create', target: name },
    response: { name, sourceContents: SOURCE },
  });
  const path = operation.name.slice('projects/demo/locations/us-central1/'.length);
  expect(await send('GET', path)).toEqual(created);

  await send('PATCH', 'workflows/w?updateMask=sourceContents', {
    sourceContents: '- answer:\n    return: 2\n',
    userEnvVars: {},
  });
  expect((await send('GET', 'workflows/w')).body).toMatchObject({
    name,
    state: 'ACTIVE',
    revisionId: expect.stringMatching(/^000002-/),
    userEnvVars: { A: 'b' },
  });
  expect((await send('GET', 'workflows')).body).toMatchObject({ workflows: [{ name }] });
  expect((await send('GET', 'workflows/w:listRevisions')).body).toMatchObject({
    workflows: [
      { revisionId: expect.stringMatching(/^000002-/) },
      { revisionId: expect.stringMatching(/^000001-/), sourceContents: SOURCE },
    ],
  });
  await send('DELETE', 'workflows/w');
  expect(await send('GET', 'workflows/w')).toMatchObject({ status: 404 });
});

test('a source that does not build is the error of the operation, in the words of the service', async () => {
  const { send } = await start();
  const bad = { sourceContents: `- step2:\n    return: \${varC}\n` };
  const refused = {
    status: 200,
    body: {
      done: true,
      error: {
        code: 3,
        message:
          "failed to build: error in step step2: error evaluating return value: symbol 'varC' is neither a variable nor a sub-workflow name (Code: 3)",
      },
    },
  };
  expect(await send('POST', 'workflows?workflowId=w', bad)).toMatchObject(refused);
  expect(await send('GET', 'workflows/w')).toMatchObject({ status: 404 });
  await send('POST', 'workflows?workflowId=w', { sourceContents: SOURCE });
  const patched = await send('PATCH', 'workflows/w?updateMask=sourceContents', bad);
  expect(patched).toMatchObject(refused);
  expect(patched.body).not.toHaveProperty('response');
  expect((await send('GET', 'workflows/w')).body).toMatchObject({ sourceContents: SOURCE });
});

test('a workflow cannot be created twice', async () => {
  const { send } = await start();
  await send('POST', 'workflows?workflowId=w', { sourceContents: SOURCE });
  expect(await send('POST', 'workflows?workflowId=w', { sourceContents: SOURCE })).toMatchObject({
    status: 409,
    body: { error: { status: 'ALREADY_EXISTS' } },
  });
});

test.each([
  [{ GOOGLE_X: 'a' }],
  [{ WORKFLOWS_X: 'a' }],
  [{ 'a-b': 'a' }],
  [{ A: 'x'.repeat(4097) }],
  [Object.fromEntries(Array.from({ length: 21 }, (_item, at) => [`A${at}`, '']))],
])('bad user environment variables are refused', async (userEnvVars) => {
  const { send } = await start();
  expect(
    await send('POST', 'workflows?workflowId=w', { sourceContents: SOURCE, userEnvVars }),
  ).toMatchObject({ status: 400, body: { error: { status: 'INVALID_ARGUMENT' } } });
});

test('a patch takes what its mask names and empties what the body lacks', async () => {
  const { send } = await start();
  await send('POST', 'workflows?workflowId=w', {
    sourceContents: SOURCE,
    description: 'before',
    labels: { team: 'x' },
    userEnvVars: { A: 'b' },
    callLogLevel: 'LOG_ALL_CALLS',
    executionHistoryLevel: 'EXECUTION_HISTORY_DETAILED',
  });
  const patch = (mask: string, body: object) =>
    send('PATCH', `workflows/w?updateMask=${mask}`, body);
  await patch('description,call_log_level', { description: 'after', labels: { team: 'y' } });
  const { body } = await send('GET', 'workflows/w');
  expect(body).toMatchObject({
    description: 'after',
    labels: { team: 'x' },
    userEnvVars: { A: 'b' },
    revisionId: expect.stringMatching(/^000001-/),
    executionHistoryLevel: 'EXECUTION_HISTORY_DETAILED',
  });
  expect(body).not.toHaveProperty('callLogLevel');
  await patch('labels', {});
  expect((await send('GET', 'workflows/w')).body).toMatchObject({ labels: {} });
  expect(await patch('colour', {})).toMatchObject({
    status: 400,
    body: { error: { message: "updateMask names an unknown field 'colour'" } },
  });
});

test.each([
  ['code', { sourceContents: '- answer:\n    return: 2\n' }],
  ['environment', { userEnvVars: { A: 'c' } }],
  ['service account', { serviceAccount: 'other@demo.iam.gserviceaccount.com' }],
])('new %s makes a revision, and the one before can still be had', async (_what, change) => {
  const { send } = await start();
  await send('POST', 'workflows?workflowId=w', { sourceContents: SOURCE, userEnvVars: { A: 'b' } });
  const first = (await send('GET', 'workflows/w')).body as { revisionId: string };
  await send('PATCH', `workflows/w?updateMask=${Object.keys(change)}`, change);
  const second = (await send('GET', 'workflows/w')).body as { revisionId: string };
  expect(second.revisionId).toMatch(/^000002-/);
  const old = await send('GET', `workflows/w?revisionId=${first.revisionId}`);
  expect(old.body).toMatchObject({ sourceContents: SOURCE, userEnvVars: { A: 'b' } });
  expect(await send('GET', 'workflows/w?revisionId=000009-abc')).toMatchObject({ status: 404 });
  const page = await send('GET', 'workflows/w:listRevisions?pageSize=1');
  expect(page.body).toMatchObject({
    workflows: [{ revisionId: second.revisionId }],
    nextPageToken: '1',
  });
});

test('a workflow’s service account is the project’s unless it names one', async () => {
  const { send } = await start();
  await send('POST', 'workflows?workflowId=w', { sourceContents: SOURCE });
  await send('POST', 'workflows?workflowId=v', { sourceContents: SOURCE, serviceAccount: 'me@x' });
  expect((await send('GET', 'workflows/w')).body).toMatchObject({
    serviceAccount: 'projects/demo/serviceAccounts/workflows@demo.iam.gserviceaccount.com',
  });
  expect((await send('GET', 'workflows/v')).body).toMatchObject({
    serviceAccount: 'projects/demo/serviceAccounts/me@x',
  });
});

test('workflows are listed in pages, filtered and ordered', async () => {
  const { send, service } = await start();
  for (const workflowId of ['a', 'b', 'c']) {
    service.deploy({ workflowId, source: SOURCE, labels: { first: String(workflowId === 'a') } });
  }
  const list = async (query: string) => {
    const { body } = await send('GET', `workflows?${query}`);
    const { workflows } = body as { workflows: { name: string }[] };
    return workflows.map(({ name }) => name.slice(name.lastIndexOf('/') + 1));
  };
  expect(await list('orderBy=name%20desc')).toEqual(['c', 'b', 'a']);
  expect(await list('filter=labels.first=true')).toEqual(['a']);
  expect(await list('pageSize=2&pageToken=2')).toEqual(['c']);
});

test('operations are listed, newest first, and deleted', async () => {
  const { send } = await start();
  await send('POST', 'workflows?workflowId=w', { sourceContents: SOURCE });
  await send('DELETE', 'workflows/w');
  const { body } = await send('GET', 'operations');
  const { operations } = body as { operations: { name: string }[] };
  expect(operations).toMatchObject([
    { metadata: { verb: 'delete' } },
    { metadata: { verb: 'create' } },
  ]);
  const path = `operations/${operations[0]?.name.split('/').at(-1)}`;
  expect(await send('DELETE', path)).toMatchObject({ status: 200 });
  expect(await send('GET', path)).toMatchObject({ status: 404 });
});

test('deleting a workflow cancels and forgets its executions', async () => {
  const started = await startTestService({ movesByItself: false });
  open.test = started;
  const { send, service } = started;
  service.deploy({ workflowId: 'w', source: '- nap:\n    call: sys.sleep\n    args: [60]\n' });
  const { name } = service.createExecution({ workflowId: 'w' });
  const ended = service.waitForExecution(name.slice(name.lastIndexOf('/') + 1));
  await send('DELETE', 'workflows/w');
  expect(await ended).toMatchObject({ state: 'CANCELLED' });
  await send('POST', 'workflows?workflowId=w', { sourceContents: SOURCE });
  expect((await send('GET', 'workflows/w/executions')).body).toEqual({ executions: [] });
});

test.each([
  [{ Team: 'x' }],
  [{ '1a': 'x' }],
  [{ team: 'X' }],
  [{ team: 'x'.repeat(64) }],
  [Object.fromEntries(Array.from({ length: 65 }, (_item, at) => [`a${at}`, '']))],
])('bad labels are refused, of workflows and of executions', async (labels) => {
  const { send } = await start();
  const refused = { status: 400, body: { error: { status: 'INVALID_ARGUMENT' } } };
  const body = { sourceContents: SOURCE };
  expect(await send('POST', 'workflows?workflowId=w', { ...body, labels })).toMatchObject(refused);
  await send('POST', 'workflows?workflowId=w', body);
  expect(await send('POST', 'workflows/w/executions', { labels })).toMatchObject(refused);
});

test.each([
  ['callLogLevel', 'LOUD'],
  ['executionHistoryLevel', 'EXECUTION_HISTORY_TOTAL'],
  ['description', 'x'.repeat(1001)],
  ['workflowId', '1st'],
])('a bad %s is refused', async (field, value) => {
  const { send } = await start();
  const id = field === 'workflowId' ? value : 'w';
  const body = { sourceContents: SOURCE, [field]: value };
  expect(await send('POST', `workflows?workflowId=${id}`, body)).toMatchObject({ status: 400 });
});

test('deploying the same again makes no new revision', async () => {
  const { service } = await start();
  const first = service.deploy({ workflowId: 'w', source: SOURCE });
  expect(service.deploy({ workflowId: 'w', source: SOURCE }).revisionId).toBe(first.revisionId);
});
