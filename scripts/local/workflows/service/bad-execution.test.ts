import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createVirtualClock, type VirtualClock } from '../clock/virtual-clock.ts';
import {
  createWorkflowsService,
  type WorkflowsService,
  type WorkflowsServiceOptions,
} from '../create-workflows-service.ts';
import type { Execution } from './execution.ts';

const ECHO = `main:\n  params: [x]\n  steps:\n    - answer:\n        return: \${x}\n`;
const NAP = '- nap:\n    call: sys.sleep\n    args: {seconds: 60}\n- answer:\n    return: rested\n';

const open = { directory: '' };
let clock: VirtualClock;

beforeEach(() => {
  open.directory = mkdtempSync(join(tmpdir(), 'bad-execution-'));
  clock = createVirtualClock({ startsAt: 1_700_000_000, movesByItself: false });
});
afterEach(() => rmSync(open.directory, { recursive: true, force: true }));

function createService(options: Partial<WorkflowsServiceOptions> = {}): WorkflowsService {
  const service = createWorkflowsService({
    projectId: 'demo',
    location: 'us-central1',
    clock,
    ...options,
  });
  service.deploy({ workflowId: 'echo', source: ECHO });
  service.deploy({ workflowId: 'nap', source: NAP });
  return service;
}

function begin(service: WorkflowsService, workflowId: string, argument?: string) {
  const { name } = service.createExecution({
    workflowId,
    ...(argument === undefined ? {} : { argument }),
  });
  return service.waitForExecution(name.slice(name.lastIndexOf('/') + 1));
}

function failedWith(message: string): object {
  return {
    state: 'FAILED',
    endTime: expect.any(String),
    error: {
      payload: JSON.stringify({ message, tags: ['SystemError'] }),
      context: message,
      stackTrace: { elements: [] },
    },
  };
}

/** Ends an execution that sleeps, to see that it outlived another one. */
async function wake(sleeping: Promise<Execution>): Promise<Execution> {
  await expect.poll(() => clock.sleeps()).toHaveLength(1);
  clock.advance(60);
  return sleeping;
}

test('an argument nested 5,000 deep fails its execution, and no other', async () => {
  const service = createService();
  const other = begin(service, 'nap');
  const argument = '['.repeat(5000) + ']'.repeat(5000);
  const failed = await begin(service, 'echo', argument);
  expect(failed).toMatchObject(failedWith('Maximum call stack size exceeded'));
  expect(await begin(service, 'echo', '1')).toMatchObject({ state: 'SUCCEEDED', result: '1' });
  expect(await wake(other)).toMatchObject({ state: 'SUCCEEDED', result: '"rested"' });
});

test('an archive folder that has gone fails the executions that end, and names no path', async () => {
  const told: Execution[] = [];
  const service = createService({ directory: open.directory });
  service.subscribe((execution) => told.push(execution));
  const sleeping = begin(service, 'nap');
  rmSync(open.directory, { recursive: true });
  const ended = await wake(sleeping);
  expect(ended).toMatchObject(failedWith('open failed with ENOENT'));
  expect(ended.result).toBeUndefined();
  expect(told.at(-1)).toEqual(ended);
  await service.close();
});

test('an execution that cannot be archived is not begun', async () => {
  const service = createService({ directory: open.directory });
  rmSync(open.directory, { recursive: true });
  expect(() => service.createExecution({ workflowId: 'echo' })).toThrow('ENOENT');
  expect(service.listExecutions('echo')).toEqual([]);
});

test.each(['ACTIVE', 'SUCCEEDED'])(
  'a subscriber that throws when an execution is %s fails it; the others hear of it',
  async (state) => {
    const told: Execution[] = [];
    const service = createService();
    service.subscribe((execution) => {
      if (execution.state === state) throw new Error('the subscriber is broken');
    });
    service.subscribe((execution) => told.push(execution));
    const failed = await begin(service, 'echo', '1');
    expect(failed).toMatchObject({
      state: 'FAILED',
      error: { context: expect.stringContaining('the subscriber is broken') },
    });
    expect(failed.result).toBeUndefined();
    expect(told.at(-1)).toEqual(failed);
  },
);

test('a subscriber that always throws ends nothing but the execution', async () => {
  const service = createService();
  const unsubscribe = service.subscribe(() => {
    throw new Error('the subscriber is broken');
  });
  expect(await begin(service, 'echo', '1')).toMatchObject({ state: 'FAILED' });
  unsubscribe();
  expect(await begin(service, 'echo', '1')).toMatchObject({ state: 'SUCCEEDED' });
});

test('a log that throws fails the execution', async () => {
  const service = createService({
    log() {
      throw new Error('the log is broken');
    },
  });
  expect(await begin(service, 'echo', '1')).toMatchObject(failedWith('the log is broken'));
});
