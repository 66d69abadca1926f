import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runScript } from '../../testing/run-script.ts';
import {
  HEALTHY,
  startTestProject,
  type TestProject,
  TOKEN,
  VARIABLES,
} from '../../testing/start-test-project.ts';
import type { Answer } from '../../testing/stub-programs.ts';

let project: TestProject;

beforeAll(async () => {
  project = await startTestProject();
});

afterAll(() => project[Symbol.asyncDispose]());

beforeEach(async () => {
  project.denied.clear();
  await project.programs.answer(HEALTHY);
  await project.setVariables(VARIABLES);
});

function examine(...args: string[]) {
  return runScript('doctor', ['--terraform', project.terraform, ...args], project.environment);
}

/** Problem and fix of each check that fails when gcloud or terraform gives these answers. */
async function findings(...answers: readonly Answer[]) {
  await project.programs.answer([...answers, ...HEALTHY]);
  const { code, stdout } = await examine('--json');
  const { ok, checks } = JSON.parse(stdout);
  expect(code).toBe(ok ? 0 : 1);
  const failed = checks.filter(({ state }: { state: string }) => state === 'failed');
  return Object.fromEntries(
    failed.map((each: Record<string, string>) => [each.name, [each.problem, each.mend]]),
  );
}

const INSTALL_GCLOUD = 'install it: https://cloud.google.com/sdk/docs/install';
const INSTALL_TERRAFORM = 'install it: https://developer.hashicorp.com/terraform/install';

describe('npm run doctor, against the cloud', () => {
  test('exits with 0 and a table when all is well, and shows no token', async () => {
    const { code, stdout, stderr } = await examine();
    expect(stdout).toMatch(/^ {2}ok +terraform +1\.11\.4$/m);
    expect(stdout).toMatch(/^ {2}ok +project +test-project$/m);
    expect(stdout).toMatch(/^ {2}ok +APIs +1 of 2 enabled; Terraform enables the rest$/m);
    expect(stdout).not.toContain('failed');
    expect(stdout + stderr + (await project.programs.calls()).join()).not.toContain(TOKEN);
    expect(code).toBe(0);
  });

  test('shows the fix under a finding, skips the checks that need it, and exits with 1', async () => {
    await project.programs.answer([{ when: 'gcloud auth list' }, ...HEALTHY]);
    const { code, stdout } = await examine();
    expect(stdout).toMatch(/^ {2}failed +login +gcloud is not logged in\n +gcloud auth login\n/m);
    expect(stdout).toMatch(/^ {2}skipped +project +login first$/m);
    expect(code).toBe(1);
  });

  test('finds an old Terraform, and missing credentials, billing account and APIs', async () => {
    const found = await findings(
      { when: 'terraform version', stdout: '{"terraform_version": "1.8.5"}' },
      { when: 'print-access-token', stderr: 'ERROR: no credentials\n', code: 1 },
      { when: 'gcloud billing', stdout: '{"billingEnabled": false}' },
      { when: 'services list', stdout: 'cloudresourcemanager.googleapis.com\n' },
    );
    expect(found).toEqual({
      terraform: ['Terraform 1.8.5 is too old: 1.9 or later is needed', INSTALL_TERRAFORM],
      credentials: [
        'Terraform and the clients have no application-default credentials',
        'gcloud auth application-default login',
      ],
      billing: [
        'test-project has no billing account',
        'gcloud billing accounts list\n' +
          'gcloud billing projects link test-project --billing-account=ACCOUNT',
      ],
      APIs: [
        'Terraform needs serviceusage.googleapis.com',
        'gcloud services enable serviceusage.googleapis.com --project=test-project',
      ],
    });
  });

  test('finds programs that do not run', async () => {
    const found = await findings(
      { when: 'terraform version', stderr: 'usage\nsegmentation fault\n', code: 139 },
      { when: 'gcloud version', stderr: 'no python\n', code: 1 },
    );
    expect(found).toEqual({
      gcloud: ['gcloud does not run: no python', INSTALL_GCLOUD],
      terraform: ['terraform does not run: segmentation fault', INSTALL_TERRAFORM],
    });
  });

  test('finds a project that does not exist, and one that is being deleted', async () => {
    const stderr = 'ERROR: (gcloud.projects.describe) no such project\nTo log in:\n  gcloud …\n';
    expect(await findings({ when: 'projects describe', stderr, code: 1 })).toEqual({
      project: [
        'test-project cannot be read: ERROR: (gcloud.projects.describe) no such project',
        'gcloud projects create test-project, or correct project_id',
      ],
    });
    const stdout = '{"lifecycleState": "DELETE_REQUESTED"}';
    expect(await findings({ when: 'projects describe', stdout })).toEqual({
      project: ['test-project is DELETE_REQUESTED', 'gcloud projects undelete test-project'],
    });
  });

  test.each(['1.9.0', '2.0.0'])('accepts Terraform %s', async (version) => {
    const stdout = JSON.stringify({ terraform_version: version });
    expect(await findings({ when: 'terraform version', stdout })).toEqual({});
  });

  test('names the missing permissions and the roles that have them', async () => {
    project.denied.add('cloudsql.instances.create').add('run.services.setIamPolicy');
    const bind = (role: string) =>
      'gcloud projects add-iam-policy-binding test-project ' +
      `--member="user:$(gcloud config get account)" --role=roles/${role}`;
    expect(await findings()).toEqual({
      permissions: [
        'You lack cloudsql.instances.create, run.services.setIamPolicy',
        `${bind('cloudsql.admin')}\n${bind('run.admin')}`,
      ],
    });
  });

  test('says why the permissions could not be checked', async () => {
    const { permissions } = await findings({ when: 'print-access-token', stdout: 'old' });
    expect(permissions?.[0]).toContain('The permissions could not be checked: {"error"');
  });

  test('names the variables that are not set', async () => {
    await project.setVariables('project_id = "test-project"\n');
    expect(await findings()).toEqual({
      'terraform.tfvars': [
        expect.stringMatching(/terraform\.tfvars does not set database_public_ip$/),
        expect.stringMatching(/^set it as .*terraform\.tfvars\.example does$/),
      ],
    });
    await rm(join(project.terraform, 'terraform.tfvars'));
    expect(await findings()).toEqual({
      'terraform.tfvars': [
        expect.stringMatching(/terraform\.tfvars does not exist$/),
        expect.stringMatching(/^cp .*terraform\.tfvars\.example .*terraform\.tfvars, then edit/),
      ],
    });
    const env = {
      ...project.environment,
      TF_VAR_project_id: 'test-project',
      TF_VAR_database_public_ip: 'true',
    };
    const { code } = await runScript('doctor', ['--terraform', project.terraform], env);
    expect(code).toBe(0);
  });

  test('says where to get gcloud and terraform when they are missing', async () => {
    await using empty = await startTestProject();
    for (const name of ['gcloud', 'terraform']) await rm(join(empty.programs.path, name));
    const { code, stdout } = await runScript(
      'doctor',
      ['--terraform', empty.terraform],
      empty.environment,
    );
    expect(stdout).toMatch(/gcloud is not on the PATH\n +install it: https:/);
    expect(stdout).toMatch(/terraform is not on the PATH\n +install it: https:/);
    expect(code).toBe(1);
  });
});
