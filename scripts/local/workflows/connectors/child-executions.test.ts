import { afterEach, expect, test } from 'vitest';
import { createVirtualClock } from '../clock/virtual-clock.ts';
import { createWorkflowsService, type WorkflowsService } from '../create-workflows-service.ts';
import { mapOf } from '../values/value.ts';

const PREFIX = 'googleapis.workflowexecutions.v1.projects.locations.workflows.executions';
const open: { service?: WorkflowsService } = {};
afterEach(() => open.service?.close());

function start(source: string, child: string): WorkflowsService {
  const service = createWorkflowsService({
    projectId: 'demo',
    location: 'us-central1',
    clock: createVirtualClock(),
    connectors: [
      {
        name: 'googleapis.made.v1.things.get',
        parameters: [{ name: 'name', isOptional: false }],
        isBlocking: true,
        run: ([name = null]) => mapOf([['name', name]]),
      },
    ],
  });
  open.service = service;
  service.deploy({ workflowId: 'parent', source });
  service.deploy({ workflowId: 'child', source: child });
  return service;
}

async function run(service: WorkflowsService) {
  const { name } = service.createExecution({ workflowId: 'parent' });
  return service.waitForExecution(name.split('/').at(-1) ?? '');
}

const RUN_CHILD = [
  '- run:',
  `    call: ${PREFIX}.run`,
  '    args:',
  '      workflow_id: child',
  '      argument: {n: 1}',
  '    result: answer',
  '- done:',
  `    return: \${answer}`,
].join('\n');

test('run waits for the child, its sleep included, and gives its result', async () => {
  const child = [
    'main:',
    '  params: [input]',
    '  steps:',
    '    - nap:',
    '        call: sys.sleep',
    '        args: [3600]',
    '    - answer:',
    `        return: \${input.n + 1}`,
  ].join('\n');
  expect(await run(start(RUN_CHILD, child))).toMatchObject({ result: '2', duration: '3600s' });
});

test('a child that fails is an OperationError', async () => {
  const ended = await run(start(RUN_CHILD, '- fail:\n    raise: broken\n'));
  expect(JSON.parse(ended.error?.payload ?? '')).toMatchObject({
    tags: ['OperationError'],
    error: { payload: '"broken"' },
    operation: { state: 'FAILED' },
  });
});

test('a child that does not exist is a 404', async () => {
  const ended = await run(
    start(RUN_CHILD.replace('workflow_id: child', 'workflow_id: x'), '- a:\n    return: 1\n'),
  );
  expect(JSON.parse(ended.error?.payload ?? '')).toMatchObject({ code: 404, tags: ['HttpError'] });
});

test('create gives the execution and does not wait', async () => {
  const source = [
    '- create:',
    `    call: ${PREFIX}.create`,
    '    args:',
    '      parent: projects/demo/locations/us-central1/workflows/child',
    '      body:',
    `        argument: \${json.encode_to_string(5)}`,
    '    result: execution',
    '- done:',
    `    return: \${execution}`,
  ].join('\n');
  const ended = await run(
    start(
      source,
      'main:\n  params: [x]\n  steps:\n    - a:\n        call: sys.sleep\n        args: [9]\n',
    ),
  );
  expect(ended.duration).toBe('0s');
  expect(JSON.parse(ended.result ?? '')).toMatchObject({ state: 'ACTIVE', argument: '5' });
});

test('a connector of your own is called by its name', async () => {
  const source = [
    '- get:',
    '    call: googleapis.made.v1.things.get',
    '    args: {name: it}',
    '    result: thing',
    '- done:',
    `    return: \${thing.name}`,
  ].join('\n');
  expect((await run(start(source, '- a:\n    return: 1\n'))).result).toBe('"it"');
});
