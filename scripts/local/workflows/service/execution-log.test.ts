import { expect, test } from 'vitest';
import { createVirtualClock } from '../clock/virtual-clock.ts';
import { createWorkflowsService } from '../create-workflows-service.ts';
import type { LogEntry } from './log-entry.ts';

const SOURCE = [
  '- note:',
  '    call: sys.log',
  '    args: {text: hello, severity: NOTICE}',
  '- divide:',
  '    call: json.decode',
  '    args: ["{"]',
].join('\n');

async function run(callLogLevel?: string): Promise<readonly LogEntry[]> {
  const entries: LogEntry[] = [];
  const service = createWorkflowsService({
    projectId: 'demo',
    location: 'us-central1',
    clock: createVirtualClock({ startsAt: 1_700_000_000 }),
    newId: () => 'id',
    log: (entry) => entries.push(entry),
  });
  service.deploy({ workflowId: 'w', source: SOURCE });
  service.createExecution({
    workflowId: 'w',
    argument: '{}',
    ...(callLogLevel === undefined ? {} : { callLogLevel }),
  });
  await service.waitForExecution('id');
  return entries;
}

test('an execution logs its start, what it says itself and its end', async () => {
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

test('LOG_ALL_CALLS logs how each call step begins and ends', async () => {
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

test('LOG_ERRORS_ONLY logs raised exceptions only', async () => {
  const calls = (await run('LOG_ERRORS_ONLY')).filter(({ logName }) => logName.endsWith('call'));
  expect(calls).toMatchObject([
    { severity: 'ERROR', jsonPayload: { state: 'EXCEPTION_RAISED', callee: 'json.decode' } },
  ]);
});
