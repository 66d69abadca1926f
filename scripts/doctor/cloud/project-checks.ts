import { relative } from 'node:path';
import { readStack, readTerraformVariables } from '../../shared/terraform-variables.ts';
import { type Check, finding, ok } from '../check.ts';
import { runTool } from './run-tool.ts';

/** APIs that Terraform needs in order to enable the others. */
const NEEDED_FIRST = ['cloudresourcemanager.googleapis.com', 'serviceusage.googleapis.com'];

/** Checks the stack's variables and its project. */
export function createProjectChecks(terraformFolder: string): readonly Check[] {
  const projectId = (): string => readTerraformVariables(terraformFolder).projectId ?? '';

  const variables: Check = {
    name: 'terraform.tfvars',
    async run() {
      const { file, exists, unset, projectId } = readTerraformVariables(terraformFolder);
      const path = relative('.', file);
      if (unset.length === 0 && projectId !== undefined) return ok(`project ${projectId}`);
      if (!exists) {
        return finding(`${path} does not exist`, `cp ${path}.example ${path}, then edit it`);
      }
      const missing = unset.length > 0 ? unset : ['project_id'];
      return finding(
        `${path} does not set ${missing.join(', ')}`,
        `set it as ${path}.example does`,
      );
    },
  };

  const project: Check = {
    name: 'project',
    needs: ['login', 'terraform.tfvars'],
    async run() {
      const args = ['projects', 'describe', projectId(), '--format=json'];
      const { exitCode, stdout, reason } = await runTool('gcloud', args);
      const mend = `gcloud projects create ${projectId()}, or correct project_id`;
      if (exitCode !== 0) return finding(`${projectId()} cannot be read: ${reason}`, mend);
      const state = JSON.parse(stdout).lifecycleState;
      if (state === 'ACTIVE') return ok(projectId());
      return finding(`${projectId()} is ${state}`, `gcloud projects undelete ${projectId()}`);
    },
  };

  const billing: Check = {
    name: 'billing',
    needs: ['project'],
    async run() {
      const args = ['billing', 'projects', 'describe', projectId(), '--format=json'];
      const { exitCode, stdout, reason } = await runTool('gcloud', args);
      const mend = [
        'gcloud billing accounts list',
        `gcloud billing projects link ${projectId()} --billing-account=ACCOUNT`,
      ].join('\n');
      if (exitCode !== 0) return finding(`The billing account cannot be read: ${reason}`, mend);
      if (JSON.parse(stdout).billingEnabled === true) return ok('enabled');
      return finding(`${projectId()} has no billing account`, mend);
    },
  };

  const apis: Check = {
    name: 'APIs',
    needs: ['project'],
    async run() {
      const args = ['services', 'list', '--enabled', `--project=${projectId()}`];
      const { exitCode, stdout, reason } = await runTool('gcloud', [
        ...args,
        '--format=value(config.name)',
      ]);
      const enable = (names: readonly string[]) =>
        `gcloud services enable ${names.join(' ')} --project=${projectId()}`;
      if (exitCode !== 0) {
        return finding(`The enabled APIs cannot be listed: ${reason}`, enable(NEEDED_FIRST));
      }
      const enabled = new Set(stdout.split('\n'));
      const missing = NEEDED_FIRST.filter((name) => !enabled.has(name));
      if (missing.length > 0) {
        return finding(`Terraform needs ${missing.join(' and ')}`, enable(missing));
      }
      const wanted = listServices(terraformFolder);
      const found = wanted.filter((name) => enabled.has(name)).length;
      return ok(`${found} of ${wanted.length} enabled; Terraform enables the rest`);
    },
  };

  return [variables, project, billing, apis];
}

/** Lists the services of every `google_project_service`. */
function listServices(terraformFolder: string): readonly string[] {
  return readStack(terraformFolder)
    .flatMap((text) => [...text.matchAll(/^resource "google_project_service" .*?^\}/gms)])
    .flatMap(([block]) => [...block.matchAll(/"([a-z]+\.googleapis\.com)"/g)])
    .map(([, name = '']) => name);
}
