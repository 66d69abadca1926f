import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type GoogleApis, startGoogleApis } from './start-google-apis.ts';
import { createWarpedClock } from './workflows/clock/warped-clock.ts';

const WAIT = `
- open:
    call: events.create_callback_endpoint
    result: callback
- tell:
    call: sys.log
    args: {text: "\${callback.url}"}
- wait:
    call: events.await_callback
    args: {callback: "\${callback}", timeout: 3600}
    result: answer
- done:
    return: \${answer.http_request.body}
`;
const NAP = '- nap:\n    call: sys.sleep\n    args: [31536000]\n- answer:\n    return: rested\n';

let directory: string;
const open: { apis?: GoogleApis } = {};

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'google-apis-'));
});

afterEach(async () => {
  await open.apis?.stop();
  delete open.apis;
  await rm(directory, { recursive: true });
});

async function start(timeWarp: number, onText: (text: string) => void = () => {}) {
  const apis = await startGoogleApis({
    directory,
    projectId: 'demo',
    location: 'us-central1',
    port: 0,
    clock: createWarpedClock(timeWarp),
    log() {},
    onWorkflowLog: ({ textPayload }) => textPayload && onText(textPayload),
  });
  open.apis = apis;
  return apis;
}

function idOf({ name }: { name: string }) {
  return name.slice(name.lastIndexOf('/') + 1);
}

test('a workflow’s year of sleep ends at once in warped time', async () => {
  const { workflows } = await start(1e9);
  workflows.deploy({ workflowId: 'w', source: NAP });
  const id = idOf(workflows.createExecution({ workflowId: 'w' }));
  expect(await workflows.waitForExecution(id)).toMatchObject({ result: '"rested"' });
});

test('the URL of a callback can be called unchanged', async () => {
  const told = Promise.withResolvers<string>();
  const { endpoint, workflows } = await start(1, told.resolve);
  workflows.deploy({ workflowId: 'w', source: WAIT });
  const id = idOf(workflows.createExecution({ workflowId: 'w' }));
  const url = await told.promise;
  expect(url.startsWith(`${endpoint}/v1/projects/demo/`)).toBe(true);
  const headers = { 'content-type': 'application/json' };
  await fetch(url, { method: 'POST', headers, body: '{"yes": 1}' });
  expect(await workflows.waitForExecution(id)).toMatchObject({ result: '{"yes":1}' });
});

test('executions and workflows outlive the process that ran them', async () => {
  const before = await start(1);
  before.workflows.deploy({ workflowId: 'w', source: NAP });
  const { name } = before.workflows.createExecution({ workflowId: 'w' });
  await before.stop();
  const { endpoint } = await start(1);
  const execution = await fetch(`${endpoint}/v1/${name}`);
  expect(await execution.json()).toMatchObject({ name, state: 'CANCELLED' });
  const workflow = await fetch(`${endpoint}/v1/${name.slice(0, name.indexOf('/executions'))}`);
  expect(await workflow.json()).toMatchObject({ sourceContents: NAP });
});
