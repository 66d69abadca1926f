import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createVirtualClock, type VirtualClock } from '../workflows/clock/virtual-clock.ts';
import {
  createWorkflowsService,
  type WorkflowsService,
} from '../workflows/create-workflows-service.ts';
import { deployFolder, describeRefusal, type WorkflowsFolder } from './deploy-folder.ts';
import { watchWorkflows } from './watch-workflows.ts';

const NAP = '- nap:\n    call: sys.sleep\n    args: [3600]\n- answer:\n    return: old\n';
const ANSWER = '- answer:\n    return: new\n';
const BAD = `- step2:\n    return: \${varC}\n`;
const REASON =
  "[INVALID_ARGUMENT] failed to build: error in step step2: error evaluating return value: symbol 'varC' is neither a variable nor a sub-workflow name (Code: 3)";

let directory: string;
let clock: VirtualClock;
let service: WorkflowsService;
let folder: WorkflowsFolder;
const open: { stop?: () => void } = {};

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'workflows-'));
  clock = createVirtualClock({ movesByItself: false });
  service = createWorkflowsService({ projectId: 'demo', location: 'us-central1', clock });
  folder = { directory, deploy: service.deploy, envVars: { PLACE: 'here' } };
});

afterEach(async () => {
  open.stop?.();
  await service.close();
  await rm(directory, { recursive: true });
});

/** Writes a file in one step, so no reader sees half of it. */
async function write(name: string, source: string) {
  const temporaryPath = join(directory, 'saved');
  await writeFile(temporaryPath, source);
  await rename(temporaryPath, join(directory, name));
}

/** Watches the folder and hands out the reports one by one. */
function watch() {
  const reports: string[] = [];
  const waiting: ((report: string) => void)[] = [];
  open.stop = watchWorkflows(folder, {
    settleMilliseconds: 5,
    report(message) {
      const next = waiting.shift();
      if (next === undefined) reports.push(message);
      else next(message);
    },
  });
  return () =>
    new Promise<string>((resolve) => {
      const report = reports.shift();
      if (report === undefined) waiting.push(resolve);
      else resolve(report);
    });
}

async function run(workflowId: string) {
  const { name } = service.createExecution({ workflowId });
  return service.waitForExecution(name.slice(name.lastIndexOf('/') + 1));
}

test('every workflow of the folder is deployed under its file’s name, with the same variables', async () => {
  await write('one.yaml', `- answer:\n    return: \${sys.get_env("PLACE")}\n`);
  await write('two.json', '[{"answer": {"return": 2}}]');
  await write('three.test.ts', 'no workflow');
  await write('.four.yaml', ANSWER);
  expect(await deployFolder(folder)).toEqual(new Map());
  expect(await run('one')).toMatchObject({ result: '"here"' });
  expect(await run('two')).toMatchObject({ result: '2' });
  expect(() => service.createExecution({ workflowId: 'three' })).toThrow('does not exist');
  expect(() => service.createExecution({ workflowId: '.four' })).toThrow('does not exist');
});

test('a bad workflow is refused in the service’s words and the others are deployed', async () => {
  await write('bad.yaml', BAD);
  await write('good.yaml', ANSWER);
  const refusals = await deployFolder(folder);
  expect([...refusals].map(([name, error]) => [name, describeRefusal(error)])).toEqual([
    ['bad.yaml', REASON],
  ]);
  expect(await run('good')).toMatchObject({ result: '"new"' });
});

test('a file that changes is deployed again, and running executions keep their revision', async () => {
  await write('w.yaml', NAP);
  await deployFolder(folder);
  const { name } = service.createExecution({ workflowId: 'w' });
  const nextReport = watch();
  await write('w.yaml', ANSWER);
  expect(await nextReport()).toMatch(/^w\.yaml is deployed as revision 000002-...$/);
  expect(await run('w')).toMatchObject({ result: '"new"' });
  clock.advance(3600);
  const id = name.slice(name.lastIndexOf('/') + 1);
  expect(await service.waitForExecution(id)).toMatchObject({
    result: '"old"',
    workflowRevisionId: expect.stringMatching(/^000001-/),
  });
});

test('a bad change is refused and the last revision stays until it is fixed', async () => {
  await write('w.yaml', ANSWER);
  await deployFolder(folder);
  const nextReport = watch();
  await write('w.yaml', BAD);
  expect(await nextReport()).toBe(`w.yaml is refused, its last good revision stays: ${REASON}`);
  expect(await run('w')).toMatchObject({ result: '"new"' });
  await write('w.yaml', '- answer:\n    return: newest\n');
  expect(await nextReport()).toMatch(/^w\.yaml is deployed as revision 000002-...$/);
});

test('a new file is deployed; other files are left alone', async () => {
  const nextReport = watch();
  await write('notes.txt', BAD);
  await write('added.yaml', ANSWER);
  expect(await nextReport()).toMatch(/^added\.yaml is deployed as revision 000001-...$/);
});
