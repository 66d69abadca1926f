import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { $ } from 'zx';
import { extractSchema } from './extract-schema.ts';
import { readTerraform } from './read-terraform.ts';

/**
 * Updates provider-schema-6.50.jsonl, one line for each type that the stack uses:
 * `node terraform/testing/update-provider-schema.ts`.
 *
 * The package is 31 MB to download and 307 MB on disk, so it is not a dependency. It is fetched
 * here, and only the extracted schemas are committed.
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
