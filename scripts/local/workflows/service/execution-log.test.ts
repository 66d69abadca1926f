import { expect, test } from 'vitest';
import { createVirtualClock } from '../clock/virtual-clock.ts';
import { createWorkflowsService } from '../create-workflows-service.ts';
import type { LogEntry } from './log-entry.ts';

const GUARDED = `
main:
  steps:
    - guard:
        try:
          call: decode_it
        except:
          as: e
          steps:
            - go_on:
                call: http.get
                args: {url: "http://127.0.0.1:1/", headers: {Authorization: secret}}
decode_it:
  steps:
    - divide:
        call: json.decode
        args: ["{"]
`;
const SOURCE = [
  '- note:',
  '    call: sys.log',
  '    args: {text: hello, severity: NOTICE}',
  '- divide:',
  '    call: json.decode',
  '    args: ["{"]',
].join('\n');

async function run(callLogLevel?: string, source = SOURCE): Promise<readonly LogEntry[]> {
  const entries: LogEntry[] = [];
  const service = createWorkflowsService({
    projectId: 'demo',
    location: 'us-central1',
    clock: createVirtualClock({ startsAt: 1_700_000_000 }),
    newId: () => 'id',
    log: (entry) => entries.push(entry),
  });
  service.deploy({ workflowId: 'w', source });
  service.createExecution({
    workflowId: 'w',
    argument: '{}',
    ...(callLogLevel === undefined ? {} : { callLogLevel }),
  });
  await service.waitForExecution('id');
  return entries;
}

test('an execution logs its start, its own entries and its end', async () => {
  const entries = await run();
  expect(entries).toMatchObject([
    {
      logName: 'projects/demo/logs/workflows.googleapis.com%2Fexecutions_system',
      severity: 'INFO',
      timestamp: '2023-11-14T22:13:20.000Z',
      resource: {
        type: 'workflows.googleapis.com/Workflow',
        labels: { workflow_id: 'w', location: 'us-central1' },
      },
      labels: { 'workflows.googleapis.com/execution_id': 'id' },
      jsonPayload: { state: 'ACTIVE', start: { argument: '{}' } },
    },
    { logName: 'projects/demo/logs/Workflows', severity: 'NOTICE', textPayload: 'hello' },
    {
      severity: 'ERROR',
      jsonPayload: { state: 'FAILED', failure: { source: 'main.divide' } },
    },
  ]);
});

test('LOG_ALL_CALLS logs the beginning and the end of each call step', async () => {
  const calls = (await run('LOG_ALL_CALLS')).filter(({ logName }) => logName.endsWith('call'));
  expect(calls.map(({ jsonPayload }) => jsonPayload)).toMatchObject([
    {
      state: 'BEGUN',
      step: 'main.note',
      callee: 'sys.log',
      begun: { namedArgs: { text: '"hello"' } },
    },
    { state: 'SUCCEEDED', step: 'main.note', succeeded: { response: 'null' } },
    { state: 'BEGUN', step: 'main.divide', callee: 'json.decode' },
    { state: 'EXCEPTION_RAISED', step: 'main.divide' },
  ]);
});

test('LOG_ERRORS_ONLY logs only raised exceptions', async () => {
  const calls = (await run('LOG_ERRORS_ONLY')).filter(({ logName }) => logName.endsWith('call'));
  expect(calls).toMatchObject([
    { severity: 'ERROR', jsonPayload: { state: 'EXCEPTION_RAISED', callee: 'json.decode' } },
  ]);
});

test('a caught exception is logged once more, for the outermost call that raised it', async () => {
  const calls = (await run('LOG_ERRORS_ONLY', GUARDED)).filter(({ logName }) =>
    logName.endsWith('call'),
  );
  const [, raised, handled] = calls.map(({ jsonPayload }) => jsonPayload);
  expect(calls.map(({ severity, jsonPayload }) => [severity, jsonPayload?.state])).toEqual([
    ['ERROR', 'EXCEPTION_RAISED'],
    ['ERROR', 'EXCEPTION_RAISED'],
    ['INFO', 'EXCEPTION_HANDLED'],
    ['ERROR', 'EXCEPTION_RAISED'],
  ]);
  expect(handled).toMatchObject({
    step: 'main.guard',
    callee: 'decode_it',
    exceptionHandled: {
      callStartTime: '2023-11-14T22:13:20.000Z',
      exception: expect.stringContaining('in step "divide", routine "decode_it"'),
      origin: 'decode_it.divide',
    },
  });
  expect(handled?.exceptionHandled).toEqual(raised?.exceptionRaised);
});

test('LOG_NONE of the execution overrides the level of the workflow', async () => {
  const entries: LogEntry[] = [];
  const service = createWorkflowsService({
    projectId: 'demo',
    location: 'us-central1',
    clock: createVirtualClock(),
    log: (entry) => entries.push(entry),
  });
  service.deploy({ workflowId: 'w', source: SOURCE, callLogLevel: 'LOG_ALL_CALLS' });
  const countCalls = async (callLogLevel?: string) => {
    entries.length = 0;
    const { name } = service.createExecution({
      workflowId: 'w',
      ...(callLogLevel === undefined ? {} : { callLogLevel }),
    });
    await service.waitForExecution(name.slice(name.lastIndexOf('/') + 1));
    return entries.filter(({ logName }) => logName.endsWith('call')).length;
  };
  expect(await countCalls('LOG_NONE')).toBe(0);
  expect(await countCalls('CALL_LOG_LEVEL_UNSPECIFIED')).toBe(4);
  expect(await countCalls()).toBe(4);
});

test('an Authorization header is never logged', async () => {
  const entries = await run('LOG_ALL_CALLS', GUARDED);
  expect(JSON.stringify(entries)).toContain('REDACTED');
  expect(JSON.stringify(entries)).not.toContain('secret');
});
