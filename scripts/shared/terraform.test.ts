import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTerraform, summarizePlan, type Terraform } from './terraform.ts';

/** terraform_data is built in, so Terraform downloads nothing. */
const STACK = `
resource "terraform_data" "kept" {
  input = "one"
}

output "project_id" {
  value = terraform_data.kept.output
}

output "users" {
  value = { download = "user" }
}
`;

const isInstalled = (process.env.PATH ?? '')
  .split(delimiter)
  .some((folder) => existsSync(join(folder, 'terraform')));

let folder: string;
let terraform: Terraform;
let said: string;

beforeEach(async () => {
  said = '';
  folder = await mkdtemp(join(tmpdir(), 'stack-'));
  await writeFile(join(folder, 'main.tf'), STACK);
  terraform = await openTerraform(folder, (text) => {
    said += text;
  });
});

afterEach(async () => {
  await terraform.close();
  await rm(folder, { recursive: true });
});

// Skipped if terraform, which is not part of this repository, is not on the PATH.
describe.skipIf(!isInstalled)('the real Terraform', () => {
  test('plans, applies the plan, returns its outputs, and removes everything again', async () => {
    await terraform.init();
    expect(summarizePlan(await terraform.plan())).toEqual({
      create: ['terraform_data.kept'],
      update: [],
      replace: [],
      destroy: [],
    });
    expect(said).toContain('# terraform_data.kept will be created');
    await terraform.apply();
    expect(await terraform.outputs()).toEqual({ project_id: 'one', users: { download: 'user' } });
    expect(await terraform.plan()).toEqual([]);
    const removed = await terraform.plan({ destroy: true });
    expect(summarizePlan(removed).destroy).toEqual(['terraform_data.kept']);
    expect(removed[0]?.change.before).toMatchObject({ input: 'one' });
    await terraform.apply();
    expect(await terraform.outputs()).toEqual({});
  });

  test('fails with its exit code when it cannot plan', async () => {
    await writeFile(join(folder, 'main.tf'), 'resource "terraform_data" "kept" { nonsense = 1 }');
    await terraform.init();
    await expect(terraform.plan()).rejects.toThrow('terraform plan exited with 1');
    expect(said).toContain('An argument named "nonsense" is not expected here.');
  });
});
