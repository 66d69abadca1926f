import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runScript } from '../testing/run-script.ts';
import { startTestProject, type TestProject } from '../testing/start-test-project.ts';

let project: TestProject;

beforeAll(async () => {
  project = await startTestProject();
});

afterAll(() => project[Symbol.asyncDispose]());

function planned(address: string, before: object) {
  return {
    address,
    type: address.split('.')[0],
    change: { actions: ['delete'], before },
  };
}

function planOf(deletion_protection: boolean) {
  return [
    planned('google_sql_database_instance.permits', { name: 'permits-db', deletion_protection }),
    planned('google_storage_bucket.feeds', { name: 'test-project-feeds' }),
    planned('google_workflows_workflow.this', { name: 'permit-sync', deletion_protection }),
    planned('google_service_account.workflow', { name: 'long/name' }),
  ];
}

function answer(...resource_changes: readonly object[]) {
  return project.programs.answer([
    { when: ' show -json', stdout: JSON.stringify({ resource_changes }) },
    { when: ' plan ', stdout: 'Plan: 4 to destroy.\n' },
  ]);
}

beforeEach(() => answer(...planOf(false)));

function teardown(...args: string[]) {
  return runScript('teardown', ['--terraform', project.terraform, ...args], project.environment);
}

describe('npm run teardown', () => {
  test('without a terminal and without --yes it refuses at once and exits with 2', async () => {
    const before = await project.programs.calls();
    const { code, stderr } = await teardown();
    expect(stderr).toContain('there is no terminal to ask on; give --yes');
    expect(code).toBe(2);
    expect(await project.programs.calls()).toEqual(before);
  });

  test('explains the deletion protection and destroys nothing', async () => {
    await answer(...planOf(true));
    const before = await project.programs.calls();
    const { code, stderr } = await teardown('--yes');
    expect(stderr).toContain('set deletion_protection = false in terraform.tfvars');
    expect(stderr).toContain(
      'error: google_sql_database_instance.permits and google_workflows_workflow.this cannot be deleted',
    );
    const calls = (await project.programs.calls()).slice(before.length);
    expect(calls.map((line) => line.split(' ')[2])).toEqual(['init', 'plan', 'show']);
    expect(code).toBe(1);
  });

  test('lists what has data, then applies the plan to destroy', async () => {
    const { code, stderr } = await teardown('--yes');
    expect(stderr).toContain('4 resources of project test-project will be destroyed');
    expect(stderr).toContain('  permits-db  database instance, with its backups\n');
    expect(stderr).toContain('  test-project-feeds  bucket, with its objects\n');
    expect(stderr).not.toContain('long/name');
    const lines = (await project.programs.calls()).filter((line) => line.includes(' -chdir='));
    expect(lines.slice(-3).map((line) => line.split(' ')[2])).toEqual(['plan', 'show', 'apply']);
    expect(lines.at(-3)).toContain(' -destroy ');
    expect(code).toBe(0);
  });

  test('reports what is left when Terraform stops half-way', async () => {
    const stop = { when: ' apply ', stderr: 'Error: still in use\n', code: 1 };
    const shown = {
      when: ' show -json',
      stdout: JSON.stringify({ resource_changes: planOf(false) }),
    };
    await project.programs.answer([stop, shown]);
    const { code, stderr } = await teardown('--yes');
    expect(stderr).toContain('Error: still in use');
    expect(stderr).toContain("the rest is still in Terraform's state\n  next: fix");
    expect(code).toBe(1);
  });

  test('reports that there is nothing to remove', async () => {
    await answer();
    const { code, stderr } = await teardown('--yes');
    expect(stderr).toContain('There is nothing to remove.');
    expect(code).toBe(0);
  });
});
