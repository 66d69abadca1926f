import { afterEach, expect, test } from 'vitest';
import { createVirtualClock } from '../clock/virtual-clock.ts';
import { createWorkflowsService, type WorkflowsService } from '../create-workflows-service.ts';
import { mapOf } from '../values/value.ts';

const PREFIX = 'googleapis.workflowexecutions.v1.projects.locations.workflows.executions';
const open: WorkflowsService[] = [];
afterEach(() => Promise.all(open.splice(0).map((service) => service.close())));

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
  open.push(service);
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

test('run waits for the child, including its sleep, and returns its result', async () => {
  const child = [
    'main:',
    '  params: [input]',
    '  steps:',
    '    - nap:',
    '        call: sys.sleep',
    '        args: [10]',
    '    - answer:',
    `        return: \${input.n + 1}`,
  ].join('\n');
  // Polled after 1, 1.25, 1.5625 … seconds; it is done at the sixth poll.
  expect(await run(start(RUN_CHILD, child))).toMatchObject({
    result: '2',
    duration: '11.258789063s',
  });
});

const SLEEPER = '- nap:\n    call: sys.sleep\n    args: [7200]\n';

test('a child that takes longer than 30 minutes raises TimeoutError unless the call allows more', async () => {
  const ended = await run(start(RUN_CHILD, SLEEPER));
  expect(JSON.parse(ended.error?.payload ?? '')).toMatchObject({ tags: ['TimeoutError'] });
  expect(ended.duration).toBe('1800s');
  const patient = RUN_CHILD.replace('{n: 1}', '{n: 1}\n      connector_params: {timeout: 9000}');
  expect(await run(start(patient, SLEEPER))).toMatchObject({ state: 'SUCCEEDED', result: 'null' });
});

test('skip_polling returns the execution at once', async () => {
  const hasty = RUN_CHILD.replace('{n: 1}', '{n: 1}\n      connector_params: {skip_polling: true}');
  const ended = await run(start(hasty, SLEEPER));
  expect(ended.duration).toBe('0s');
  expect(JSON.parse(ended.result ?? '')).toMatchObject({ state: 'ACTIVE', argument: '{"n":1}' });
});

test('a child that fails raises OperationError', async () => {
  const ended = await run(start(RUN_CHILD, '- fail:\n    raise: broken\n'));
  expect(JSON.parse(ended.error?.payload ?? '')).toMatchObject({
    message: 'Execution failed or cancelled.',
    tags: ['OperationError'],
    error: { payload: '"broken"' },
    operation: { state: 'FAILED' },
  });
});

test('a child that does not exist gives a 404', async () => {
  const ended = await run(
    start(RUN_CHILD.replace('workflow_id: child', 'workflow_id: x'), '- a:\n    return: 1\n'),
  );
  expect(JSON.parse(ended.error?.payload ?? '')).toMatchObject({ code: 404, tags: ['HttpError'] });
});

test('create returns the execution without waiting', async () => {
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

test('an execution can be looked up, listed and cancelled', async () => {
  const source = [
    '- create:',
    `    call: ${PREFIX}.create`,
    '    args: {parent: projects/demo/locations/us-central1/workflows/child}',
    '    result: created',
    '- get:',
    `    call: ${PREFIX}.get`,
    `    args: {name: '\${created.name}'}`,
    '    result: found',
    '- list:',
    `    call: ${PREFIX}.list`,
    '    args: {parent: projects/demo/locations/us-central1/workflows/child}',
    '    result: listed',
    '- cancel:',
    `    call: ${PREFIX}.cancel`,
    `    args: {name: '\${created.name}'}`,
    '    result: cancelled',
    '- done:',
    `    return: \${[found.state, len(listed.executions), cancelled.state]}`,
  ].join('\n');
  const ended = await run(start(source, SLEEPER));
  expect(JSON.parse(ended.result ?? '')).toEqual(['ACTIVE', 1, 'CANCELLED']);
});

test('get and cancel give a 404 for an execution that does not exist', async () => {
  for (const method of ['get', 'cancel']) {
    const source = `- ask:\n    call: ${PREFIX}.${method}\n    args: {name: a/b/missing}\n`;
    const ended = await run(start(source, SLEEPER));
    expect(JSON.parse(ended.error?.payload ?? '')).toMatchObject({
      code: 404,
      tags: ['HttpError'],
      body: { error: { status: 'NOT_FOUND' } },
    });
  }
});

test('a custom connector is called by its name', async () => {
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
