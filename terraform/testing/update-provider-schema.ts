import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { $ } from 'zx';
import { extractSchema } from './extract-schema.ts';
import { readTerraform } from './read-terraform.ts';

/**
 * Writes provider-schema-6.50.jsonl, a line per type, for the types that the stack uses now:
 * `node terraform/testing/update-provider-schema.ts`.
 *
 * The package is 31 MB to download and 307 MB on disk, so it is no dependency: it is fetched here, and
 * what is used of it is committed.
 */
const PACKAGE = '@cdktf/provider-google@16.12.1';

const folder = await mkdtemp(join(tmpdir(), 'provider-schema-'));
try {
  await $({ cwd: folder })`npm pack ${PACKAGE} --silent`;
  await $({ cwd: folder })`tar -xzf cdktf-provider-google-16.12.1.tgz`;
  const { resources } = await readTerraform();
  const types = [...new Set(resources.map(({ type }) => type))].sort();
  const lines = ['provider', ...types].map((type) =>
    JSON.stringify(extractSchema(join(folder, 'package'), type)),
  );
  await writeFile(
    new URL('./provider-schema-6.50.jsonl', import.meta.url),
    `${lines.join('\n')}\n`,
  );
} finally {
  await rm(folder, { recursive: true });
}
