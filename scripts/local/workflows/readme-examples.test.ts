import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const README = readFileSync(new URL('./README.md', import.meta.url), 'utf8');
const EXAMPLE = /```ts\n([\s\S]*?)```/.exec(README)?.[1] ?? '';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'readme-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

test('the example in the README serves a workflow', async () => {
  const port = await findFreePort();
  const here = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const script = EXAMPLE.replaceAll('8080', String(port))
    .replace("'./create-workflows-service.ts'", here('./create-workflows-service.ts'))
    .replace("'express'", JSON.stringify(import.meta.resolve('express')))
    .replace(/listen\((.*)\);/, "listen($1, () => process.stdout.write('listening'));");
  writeFileSync(join(folder, 'example.ts'), script);
  writeFileSync(join(folder, 'mine.yaml'), `- answer:\n    return: \${sys.get_env("GREETING")}\n`);
  const child = spawn(process.execPath, ['example.ts'], { cwd: folder });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text;
  });
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  expect(errors).toBe('');

  const url = `http://127.0.0.1:${port}/v1/projects/demo/locations/us-central1/workflows/mine`;
  const created = await fetch(`${url}/executions`, { method: 'POST', body: '{}' });
  const { name } = (await created.json()) as { name: string };
  const get = async () =>
    (await (await fetch(`http://127.0.0.1:${port}/v1/${name}`)).json()) as { state: string };
  while ((await get()).state === 'ACTIVE');
  expect(await get()).toMatchObject({ state: 'SUCCEEDED', result: '"hello"' });
  child.kill();
  await once(child, 'exit');
});

test('the README stays short', () => {
  expect(EXAMPLE.trim().split('\n').length).toBeLessThanOrEqual(17);
  expect(README.split('\n').length).toBeLessThan(70);
});
