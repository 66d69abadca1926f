import { join } from 'node:path';
import { z } from 'zod';
import { buildFunctions } from '../build/build-functions.ts';
import { allWell, runChecks } from '../doctor/check.ts';
import { listCloudChecks } from '../doctor/cloud/list-cloud-checks.ts';
import { formatChecks } from '../doctor/format-checks.ts';
import { confirm } from '../shared/confirm.ts';
import {
  openTerraform,
  type PlanSummary,
  summarizePlan,
  type Terraform,
} from '../shared/terraform.ts';
import { readTerraformVariables } from '../shared/terraform-variables.ts';
import { createSteps, type Steps } from './create-steps.ts';
import { grant, migrate, openDatabase } from './prepare-database.ts';
import { runSmokeSync, type SmokeResult } from './run-smoke-sync.ts';
import { type StackOutputs, stackOutputs } from './stack-outputs.ts';

export interface DeployOptions {
  readonly terraform: string;
  /** Stop after the plan. */
  readonly plan?: boolean;
  readonly yes?: boolean;
  /** The operator's own connection to the database, as its owner. */
  readonly databaseUrl?: string;
  readonly endpoint?: string;
}

export interface Deployment {
  readonly done: readonly string[];
  readonly plan: PlanSummary;
  readonly outputs?: StackOutputs;
  readonly migrations?: readonly string[];
  readonly smoke?: SmokeResult;
}

type Say = (text: string) => void;

const AGAIN = 'then npm run deploy again; completed work is not repeated';

const PRIVATE = `The database has only a private address, so this must run inside the VPC. Otherwise, either
  set database_public_ip = true in terraform.tfvars and deploy again, or
  run cloud-sql-proxy --private-ip inside the VPC, forward its port to this machine, and deploy again
  with --database-url postgresql://postgres@127.0.0.1:PORT/permits and the password in PGPASSWORD
`;

/**
 * Deploys the whole system, or updates it, step by step.
 *
 * @throws StepFailure with the name of the step; the steps before it are not undone.
 */
export async function runDeploy(options: DeployOptions, say: Say): Promise<Deployment> {
  const steps = createSteps(say);
  await steps.run('check', `fix what is listed, ${AGAIN}`, () => check(options.terraform, say));
  await steps.run('build', `fix the build (npm run build), ${AGAIN}`, async () => {
    const { zip, bytes } = await buildFunctions(join(options.terraform, '../dist'));
    say(`${zip}, ${bytes.toLocaleString('en')} bytes\n`);
  });
  const terraform = await openTerraform(options.terraform, say);
  try {
    const plan = await makePlan(terraform, steps, say);
    if (options.plan) return { done: steps.done, plan };
    const outputs = await applyPlan(terraform, steps, options);
    const migrations = await prepareDatabase(outputs, steps, options, say);
    const smoke = await smokeSync(outputs, steps, options, say);
    return { done: steps.done, plan, outputs, migrations, smoke };
  } finally {
    await terraform.close();
  }
}

async function check(terraformFolder: string, say: Say): Promise<void> {
  const results = await runChecks(listCloudChecks(terraformFolder));
  say(formatChecks(results));
  if (allWell(results)) return;
  const failed = results.filter(({ state }) => state === 'failed').map(({ name }) => name);
  throw new Error(`Not ready to deploy: ${failed.join(', ')}`);
}

function makePlan(terraform: Terraform, steps: Steps, say: Say): Promise<PlanSummary> {
  return steps.run(
    'plan',
    `fix what Terraform reports, ${AGAIN}; nothing was changed`,
    async () => {
      await terraform.init();
      const summary = summarizePlan(await terraform.plan());
      const count = (action: keyof PlanSummary) => `${summary[action].length} to ${action}`;
      say(`${count('create')}, ${count('update')}, ${count('replace')}, ${count('destroy')}\n`);
      for (const address of [...summary.replace, ...summary.destroy]) say(`  removes ${address}\n`);
      return summary;
    },
  );
}

async function applyPlan(
  terraform: Terraform,
  steps: Steps,
  { yes, terraform: folder }: DeployOptions,
): Promise<StackOutputs> {
  const next = `fix what Terraform reports, ${AGAIN}; what it has created stays and is in its state`;
  if (!yes) {
    const { projectId } = readTerraformVariables(folder);
    await steps.run('confirm', 'npm run deploy', async () => {
      if (await confirm(`Apply this plan to ${projectId}? Type yes: `, 'yes')) return;
      throw new Error('Not confirmed; nothing was changed');
    });
  }
  return steps.run('apply', next, async () => {
    await terraform.apply();
    const { success, data, error } = stackOutputs.safeParse(await terraform.outputs());
    if (success) return data;
    throw new Error(`The stack's outputs are not as expected:\n${z.prettifyError(error)}`);
  });
}

async function prepareDatabase(
  outputs: StackOutputs,
  steps: Steps,
  { databaseUrl }: DeployOptions,
  say: Say,
): Promise<readonly string[]> {
  const isPrivate = !outputs.database_public_ip && databaseUrl === undefined;
  const unreached = isPrivate ? PRIVATE : `make sure that the database can be reached, ${AGAIN}`;
  if (isPrivate) say(`\n${PRIVATE}`);
  const database = await steps.run('connect', unreached, async () => {
    const opened = await openDatabase(outputs, databaseUrl);
    await opened.pool.query('select').catch(async (error) => {
      await opened.close();
      throw error;
    });
    return opened;
  });
  try {
    const migrations = await steps.run('migrate', `fix the migration, ${AGAIN}`, () =>
      migrate(database),
    );
    say(migrations.length === 0 ? 'up to date\n' : `applied ${migrations.join(', ')}\n`);
    await steps.run('grant', `fix sql/grants or the users, ${AGAIN}`, () =>
      grant(database, outputs),
    );
    return migrations;
  } finally {
    await database.close();
  }
}

function smokeSync(
  outputs: StackOutputs,
  steps: Steps,
  { endpoint }: DeployOptions,
  say: Say,
): Promise<SmokeResult> {
  const next = `look up the error's code in the README, “When something breaks”; the execution is at
    ${outputs.console_url}
  once it is fixed, ${outputs.run_command}`;
  return steps.run('sync', next, async () => {
    const smoke = await runSmokeSync(outputs, endpoint, (step) => say(`  ${step}\n`));
    if (smoke.state === 'SUCCEEDED') return smoke;
    throw new Error(`${smoke.name} ended as ${smoke.state}: ${smoke.error ?? 'no error'}`);
  });
}
