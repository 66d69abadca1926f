import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createVirtualClock } from '../clock/virtual-clock.ts';
import { createWorkflowsService, type WorkflowsService } from '../create-workflows-service.ts';

const NAP =
  '- nap:\n    call: sys.sleep\n    args: {seconds: 3600}\n- answer:\n    return: rested\n';
const ECHO = `main:\n  params: [x]\n  steps:\n    - answer:\n        return: \${x}\n`;

const open = { directory: '' };
beforeEach(() => {
  open.directory = mkdtempSync(join(tmpdir(), 'workflows-'));
});
afterEach(() => rmSync(open.directory, { recursive: true }));

function start(options: { keepExecutions?: number; startsAt?: number } = {}): WorkflowsService {
  return createWorkflowsService({
    projectId: 'demo',
    location: 'us-central1',
    directory: open.directory,
    clock: createVirtualClock({
      movesByItself: false,
      startsAt: options.startsAt ?? 1_700_000_000,
    }),
    ...(options.keepExecutions === undefined ? {} : { keepExecutions: options.keepExecutions }),
  });
}

function run(service: WorkflowsService, argument: string) {
  const { name } = service.createExecution({ workflowId: 'w', argument });
  return service.waitForExecution(name.slice(name.lastIndexOf('/') + 1));
}

test('executions and revisions are kept unchanged for the next process', async () => {
  const before = start();
  before.deploy({ workflowId: 'w', source: NAP });
  before.deploy({ workflowId: 'w', source: ECHO, envVars: { A: 'b' }, labels: { team: 'x' } });
  const first = await run(before, '1');
  const second = await run(before, '2');

  const after = start();
  expect(after.listExecutions('w')).toEqual([second, first]);
  expect(await run(after, '3')).toMatchObject({
    result: '3',
    workflowRevisionId: first.workflowRevisionId,
  });
  const third = after.deploy({ workflowId: 'w', source: NAP });
  expect(third).toMatchObject({
    revisionId: expect.stringMatching(/^000003-/),
    envVars: { A: 'b' },
    labels: { team: 'x' },
  });
});

test('an execution that its process did not finish has failed, with the reason', () => {
  const before = start();
  before.deploy({ workflowId: 'w', source: NAP });
  const { name } = before.createExecution({ workflowId: 'w' });
  const id = name.slice(name.lastIndexOf('/') + 1);

  // The first process was killed, so nothing closed it.
  const failed = start({ startsAt: 1_700_000_060 }).getExecution(id);
  expect(failed).toMatchObject({
    state: 'FAILED',
    endTime: '2023-11-14T22:14:20.000Z',
    error: {
      payload: expect.stringContaining('"SystemError"'),
      context: 'the local Cloud Workflows stopped while the execution was running',
    },
  });
  expect(start({ startsAt: 1_700_009_999 }).getExecution(id)).toEqual(failed);
});

test('an execution cancelled by the shutdown is kept as cancelled', async () => {
  const before = start();
  before.deploy({ workflowId: 'w', source: NAP });
  before.createExecution({ workflowId: 'w' });
  await before.close();
  expect(start().listExecutions('w')).toMatchObject([{ state: 'CANCELLED' }]);
});

test('a line cut short by a crash costs only its own execution', async () => {
  const before = start();
  before.deploy({ workflowId: 'w', source: ECHO });
  const first = await run(before, '1');
  appendFileSync(join(open.directory, 'executions.jsonl'), '{"name": "projects/demo/loca');
  const second = start().createExecution({ workflowId: 'w' });
  expect(
    start()
      .listExecutions('w')
      .map(({ name }) => name),
  ).toEqual([second.name, first.name]);
});

test('the file keeps the latest executions and its size is bounded', async () => {
  const service = start({ keepExecutions: 2 });
  service.deploy({ workflowId: 'w', source: ECHO });
  for (let nth = 0; nth < 50; nth += 1) await run(service, String(nth));
  const text = readFileSync(join(open.directory, 'executions.jsonl'), 'utf8');
  expect(text.split('\n').length).toBeLessThan(12);
  expect(start().listExecutions('w')).toMatchObject([{ result: '49' }, { result: '48' }]);
});

test('a workflow that the engine no longer accepts is listed, but refused when executed', () => {
  start().deploy({ workflowId: 'w', source: ECHO });
  const path = join(open.directory, 'deployed', 'w.json');
  writeFileSync(path, readFileSync(path, 'utf8').replace('return', 'rEturn'));
  expect(() => start().createExecution({ workflowId: 'w' })).toThrow('failed to build');
});
