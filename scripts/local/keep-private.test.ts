import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDataDirectory, keepPrivate } from './keep-private.ts';

let parent: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'keep-private-'));
});
afterEach(() => rm(parent, { recursive: true }));

async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o7777).toString(8);
}

/** The modes of everything below a directory. */
async function listModes(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const modes = entries.map(async (entry) => {
    const kind = entry.isDirectory() ? 'folder' : 'file';
    return `${kind} ${await modeOf(join(entry.parentPath, entry.name))}`;
  });
  return [...new Set(await Promise.all(modes))].sort();
}

test('nobody else can look into a data directory that is made', async () => {
  const directory = join(parent, 'deep', 'data');
  await createDataDirectory(directory);
  expect(await modeOf(directory)).toBe(process.getuid?.() === 0 ? '711' : '700');
});

test('a folder that was there before keeps its mode, unless it has our data', async () => {
  await chmod(parent, 0o1777);
  await createDataDirectory(parent);
  expect(await modeOf(parent)).toBe('1777');
  await mkdir(join(parent, 'workflows', 'deployed'), { recursive: true });
  await createDataDirectory(parent);
  expect(await modeOf(parent)).toBe(process.getuid?.() === 0 ? '711' : '700');
});

test('files of an earlier version and new ones are for their user only', async () => {
  await mkdir(join(parent, 'storage', 'buckets'), { recursive: true, mode: 0o755 });
  await writeFile(join(parent, 'storage', 'buckets', 'old.json'), '', { mode: 0o644 });
  const before = process.umask();
  const end = await keepPrivate(parent);
  await writeFile(join(parent, 'storage', 'buckets', 'new.json'), '');
  await mkdir(join(parent, 'storage', 'more'));
  expect(await listModes(parent)).toEqual(['file 600', 'folder 700']);
  end();
  expect(process.umask()).toBe(before);
});
