import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { createVirtualClock } from '../clock/virtual-clock.ts';
import { createWorkflowsService } from '../create-workflows-service.ts';
import { runSnippet } from './testing/run-snippet.ts';

function repeat(count: number, line: (at: number) => string) {
  return Array.from({ length: count }, (_item, at) => line(at)).join('');
}

function assignments(count: number) {
  return `- a:\n    assign:\n${repeat(count, (at) => `      - x${at}: 1\n`)}`;
}

test('50 assignments are accepted, 51 are refused', async () => {
  expect((await runSnippet(assignments(50))).result).toBe('null');
  expect((await runSnippet(assignments(51))).refused).toContain('51 assignments');
});

function conditions(count: number) {
  return `- a:\n    switch:\n${repeat(count, () => '      - condition: false\n        next: end\n')}`;
}

test('50 conditions are accepted, 51 are refused', async () => {
  expect((await runSnippet(conditions(50))).result).toBe('null');
  expect((await runSnippet(conditions(51))).refused).toContain('51 conditions');
});

test('a source of 128 KB is accepted, one more byte is refused', async () => {
  const step = '- a:\n    return: 1\n#';
  const fill = 'x'.repeat(128 * 1024 - step.length);
  expect((await runSnippet(step + fill)).result).toBe('1');
  expect((await runSnippet(`${step}${fill}x`)).refused).toContain('131073 bytes');
});

test('variables are measured by the documented formula against 512 KB', async () => {
  const list = JSON.stringify(Array.from({ length: 1500 }, (_item, at) => at));
  const copies = (count: number) =>
    `- a:\n    assign:\n      - l: ${list}\n      - k: []\n- b:\n    for:\n      value: v\n      range: [1, ${count}]\n      steps:\n        - c:\n            assign:\n              - k: \${list.concat(k, l)}\n`;
  // l takes 12,008; k takes 8 and 12,008 a copy: 42 copies are 516,352 of 524,288 bytes.
  expect((await runSnippet(copies(42))).result).toBe('null');
  expect((await runSnippet(copies(43))).error).toMatchObject({ tags: ['ResourceLimitError'] });
});

test('an expression of 400 characters is accepted, 401 are refused', async () => {
  const source = (length: number) => `- a:\n    return: \${${'1'.padEnd(length, ' ')}}\n`;
  expect((await runSnippet(source(400))).result).toBe('1');
  expect((await runSnippet(source(401))).refused).toContain('401 characters');
});

test('10 branches are accepted, 11 are refused', async () => {
  const branches = (count: number) =>
    `- a:\n    parallel:\n      branches:\n${repeat(count, (at) => `        - b${at}: {steps: [{s${at}: {call: sys.now}}]}\n`)}`;
  expect((await runSnippet(branches(10))).result).toBe('null');
  expect((await runSnippet(branches(11))).refused).toContain('11 branches');
});

test('10 parameters are accepted, 11 are refused', async () => {
  const call = (count: number) =>
    `main:\n  steps: [{a: {return: 1}}]\nsub:\n  params: [${repeat(count, (at) => `p${at}, `)}]\n  steps: [{b: {return: 1}}]\n`;
  expect((await runSnippet(call(10))).result).toBe('1');
  expect((await runSnippet(call(11))).refused).toContain('11 params');
});

test('a string of 256 KB is accepted, one more character ends the execution', async () => {
  const source = (more: string) =>
    `- a:\n    assign:\n      - s: "0123456789abcdef"\n${repeat(14, () => `      - s: \${s + s}\n`)}${more}- b:\n    return: \${len(s)}\n`;
  expect((await runSnippet(source(''))).result).toBe(String(256 * 1024));
  expect((await runSnippet(source(`      - s: \${s + "x"}\n`))).error).toMatchObject({
    tags: ['ResourceLimitError'],
  });
});

test('a parallel step reports 100 failed branches and that there were more', async () => {
  const source = (count: number) =>
    `- a:\n    try:\n      parallel: {for: {value: v, range: [1, ${count}], steps: [{b: {raise: x}}]}}\n    except: {as: e, steps: [{c: {return: '\${[len(e.branches), e.truncated]}'}}]}\n`;
  expect((await runSnippet(source(100))).result).toBe('[100,false]');
  expect((await runSnippet(source(101))).result).toBe('[100,true]');
});

function loops(count: number) {
  return [
    '- start:',
    '    assign:',
    '      - n: 0',
    '- count:',
    '    assign:',
    `      - n: \${n + 1}`,
    '- check:',
    '    switch:',
    `      - condition: \${n < ${count}}`,
    '        next: count',
    '- done:',
    `    return: \${n}`,
  ].join('\n');
}

// Each round has the assign, the switch and the jump of its entry.
const STEPS_A_ROUND = 3;

test('5,000 rounds of assign and switch yield a few times and never wait', async () => {
  const clock = createVirtualClock();
  const turns = { count: 0 };
  const hold = () => {
    turns.count += 1;
    return clock.hold?.() ?? (() => undefined);
  };
  const outcome = await runSnippet(loops(5000), { clock: { ...clock, hold } });
  expect(outcome).toMatchObject({ result: '5000', sleeps: [], elapsedSeconds: 0 });
  // One per thousand steps: any other wait would add a turn of the event loop.
  expect(turns.count).toBe(Math.floor((5000 * STEPS_A_ROUND + 2) / 1000));
});

test('a thousand executions hold no memory beyond the kept ones', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const service = createWorkflowsService({
    projectId: 'demo',
    location: 'here',
    clock: createVirtualClock(),
    keepExecutions: 10,
  });
  // Each holds 64 KB, so a leak of a thousand would be 64 MB.
  const doubled = Array.from({ length: 12 }, () => `      - s: \${s + s}\n`).join('');
  const source = `- fill:\n    assign:\n      - s: ${'x'.repeat(16)}\n${doubled}- done:\n    return: \${s}\n`;
  service.deploy({ workflowId: 'w', source });
  const runMany = async (count: number) => {
    for (let at = 0; at < count; at += 1) {
      const { name } = service.createExecution({ workflowId: 'w' });
      const ended = await service.waitForExecution(name.split('/').at(-1) ?? '');
      expect(ended.state).toBe('SUCCEEDED');
    }
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const before = await runMany(100);
  const after = await runMany(1000);
  expect(service.listExecutions('w')).toHaveLength(10);
  expect((after - before) / 2 ** 20).toBeLessThan(8);
  await service.close();
});
