import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { $ } from 'zx';
import { readTerraform, TERRAFORM_FOLDER } from './testing/read-terraform.ts';

/** Whether Terraform 1.9 is installed, the first whose validations may refer to other variables. */
const installed = await $({ nothrow: true, quiet: true })`terraform version -json`.then(
  ({ exitCode, stdout }) => exitCode === 0 && !/"terraform_version": "1\.[0-8]\./.test(stdout),
);

const GOOD = {
  project_id: 'my-project',
  alert_emails: ['ops@example.com'],
  database_public_ip: false,
  functions_source: 'variables.tf',
};

const { variables } = await readTerraform();

test('every variable has a description, and only these three have no default', () => {
  const silent = Object.entries(variables).filter(([, { description }]) => !description);
  expect(silent).toEqual([]);
  const needed = Object.entries(variables).filter(([, block]) => !('default' in block));
  expect(needed.map(([name]) => name).sort()).toEqual([
    'alert_emails',
    'database_public_ip',
    'project_id',
  ]);
});

// Variables and locals need no provider, so Terraform can validate them without a network.
describe.skipIf(!installed)('Terraform 1.9 or later (skipped where it is not installed)', () => {
  let directory: string;
  let folder: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'variables-'));
    folder = join(directory, 'terraform');
    await mkdir(folder);
    await mkdir(join(directory, 'functions'));
    const settings = 'functions/runtime-environment.json';
    await copyFile(new URL(`../${settings}`, TERRAFORM_FOLDER), join(directory, settings));
    for (const file of ['variables.tf', 'locals.tf']) {
      await copyFile(new URL(file, TERRAFORM_FOLDER), join(folder, file));
    }
    const output = 'output "function_connections" {\n value = local.function_connections\n}\n';
    await writeFile(join(folder, 'outputs.tf'), output);
    await $({ cwd: folder, quiet: true })`terraform init`;
  });
  afterAll(() => rm(directory, { recursive: true }));

  const plan = async (values: Readonly<Record<string, unknown>>) => {
    await writeFile(join(folder, 'terraform.tfvars.json'), JSON.stringify({ ...GOOD, ...values }));
    const ran = await $({ cwd: folder, quiet: true, nothrow: true })`terraform plan -no-color`;
    return {
      exitCode: ran.exitCode,
      said: `${ran.stdout}${ran.stderr}`.replaceAll(/\s+[│╷╵]?\s*/g, ' '),
    };
  };

  test('accepts the required values alone and counts the connections', async () => {
    const { exitCode, said } = await plan({});
    expect(said).toContain('function_connections = 64');
    expect(exitCode).toBe(0);
  });

  test.each([
    [{ alert_emails: [] }, 'Name at least one address'],
    [{ alert_emails: ['ops'] }, 'name@host'],
    [{ api_invokers: ['allUsers'] }, 'allUsers is refused'],
    [{ chunk_concurrency: 21 }, 'from 1 to 20'],
    [{ chunk_concurrency: 20 }, 'raise database_max_connections or lower chunk_concurrency'],
    [{ database_availability: 'zonal' }, 'ZONAL or REGIONAL'],
    [{ database_disk_gb: 5 }, '10 or more'],
    [{ database_max_connections: 70 }, 'could ask for 64 connections'],
    [{ database_public_ip: null }, 'may not be set to null'],
    [{ feed_ignored_columns: ['A,B'] }, 'one name without commas'],
    [{ database_tier: 'db-perf-optimized-N-2' }, 'db-custom-CPUS-MEGABYTES'],
    [{ feed_retention_days: 7 }, '14 or more'],
    [{ functions_source: 'missing.zip' }, 'Run npm run build first'],
    [{ labels: { Team: 'permits' } }, 'lower-case'],
    [{ project_id: '123456' }, "the project's ID"],
    [{ region: 'northamerica-northeast2-a' }, 'not to a zone'],
  ])('refuses %j with instructions', async (values, message) => {
    const { exitCode, said } = await plan(values);
    expect(said).toContain(message);
    expect(exitCode).not.toBe(0);
  });

  test('finds all files formatted', async () => {
    const at = $({ cwd: fileURLToPath(TERRAFORM_FOLDER), quiet: true, nothrow: true });
    const { stdout } = await at`terraform fmt -check -recursive`;
    expect(stdout).toBe('');
  });
});
