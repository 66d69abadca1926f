import { afterEach, expect, test } from 'vitest';
import { startTestService, type TestService } from './testing/start-test-service.ts';

const open: { test?: TestService } = {};
afterEach(() => open.test?.close());

const WAIT = [
  '- open:',
  '    call: events.create_callback_endpoint',
  '    args: {http_callback_method: PUT}',
  '    result: callback',
  '- tell:',
  '    call: sys.log',
  `    args: {data: '\${callback}'}`,
  '- wait:',
  '    try:',
  '      call: events.await_callback',
  `      args: {callback: '\${callback}', timeout: 60}`,
  '      result: answer',
  '    except:',
  '      as: e',
  '      steps:',
  '        - late:',
  `            return: \${e.tags}`,
  '- done:',
  `    return: \${answer}`,
].join('\n');

async function start() {
  const started = await startTestService({ movesByItself: false });
  open.test = started;
  started.service.deploy({ workflowId: 'w', source: WAIT });
  const { name } = started.service.createExecution({ workflowId: 'w' });
  const id = name.split('/').at(-1) ?? '';
  const path = `workflows/w/executions/${id}/callbacks`;
  const { body } = await started.send('GET', path);
  const [callback] = (body as { callbacks: { name: string }[] }).callbacks;
  return { ...started, id, callback, path: `${path}/${callback?.name.split('/').at(-1)}` };
}

test('a callback wakes the execution with what was sent', async () => {
  const { service, id, callback, path, send } = await start();
  expect(callback).toMatchObject({ method: 'PUT', waiters: '1' });
  expect(await send('PUT', `${path}?a=1`, { b: 2 })).toMatchObject({ status: 200 });
  const ended = await service.waitForExecution(id);
  expect(JSON.parse(ended.result ?? 'null')).toMatchObject({
    type: 'HTTP',
    received_time: '2023-11-14T22:13:20.000Z',
    http_request: { method: 'PUT', query: { a: '1' } },
  });
  expect(await send('PUT', path, {})).toMatchObject({ status: 404 });
});

test('a callback takes its own method only', async () => {
  const { path, send } = await start();
  expect(await send('POST', path, {})).toMatchObject({ status: 400 });
  expect(await send('PUT', `${path}x`, {})).toMatchObject({ status: 404 });
});

test('a callback that nobody calls is a TimeoutError', async () => {
  const { clock, service, id } = await start();
  clock.advance(60);
  expect((await service.waitForExecution(id)).result).toBe('["TimeoutError"]');
});
