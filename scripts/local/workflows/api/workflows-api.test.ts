import { afterEach, expect, test } from 'vitest';
import { startTestService, type TestService } from './start-test-service.ts';

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

test('a bad source is refused with the message of the service', async () => {
  const { send } = await start();
  const bad = { sourceContents: `- step2:\n    return: \${varC}\n` };
  expect(await send('POST', 'workflows?workflowId=w', bad)).toEqual({
    status: 400,
    body: {
      error: {
        code: 400,
        status: 'INVALID_ARGUMENT',
        message:
          "failed to build: error in step step2: error evaluating return value: symbol 'varC' is neither a variable nor a sub-workflow name (Code: 3)",
      },
    },
  });
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

test('deploying the same again makes no new revision', async () => {
  const { service } = await start();
  const first = service.deploy({ workflowId: 'w', source: SOURCE });
  expect(service.deploy({ workflowId: 'w', source: SOURCE }).revisionId).toBe(first.revisionId);
});
