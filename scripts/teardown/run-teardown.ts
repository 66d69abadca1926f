import { join } from 'node:path';
import { buildFunctions } from '../build/build-functions.ts';
import { confirm } from '../shared/confirm.ts';
import { openTerraform, type PlannedChange } from '../shared/terraform.ts';
import { readTerraformVariables } from '../shared/terraform-variables.ts';

export interface TeardownOptions {
  readonly terraform: string;
  readonly yes?: boolean;
}

/** Resources whose data cannot be restored, by Terraform type. */
const STATEFUL: Readonly<Record<string, string>> = {
  google_sql_database_instance: 'database instance, with its backups',
  google_sql_database: 'database',
  google_storage_bucket: 'bucket, with its objects',
  google_pubsub_subscription: 'subscription, with its undelivered messages',
};

const PROTECTED = `Deletion protection is on. To lift it:
  set deletion_protection = false in terraform.tfvars
  npm run deploy
  npm run teardown
`;

const HALF_WAY = `the rest is still in Terraform's state
  next: fix what Terraform reports, then npm run teardown again`;

/**
 * Lists what would be destroyed, asks for the project id, and destroys it.
 *
 * @throws Error before any change if something is protected or the answer is wrong; also when
 * Terraform stops half-way.
 */
export async function runTeardown(
  { terraform: folder, yes }: TeardownOptions,
  say: (text: string) => void,
): Promise<void> {
  const { projectId } = readTerraformVariables(folder);
  if (projectId === undefined) {
    throw new Error('terraform.tfvars does not set project_id');
  }
  // Terraform reads the functions' zip to plan, even when removing them.
  await buildFunctions(join(folder, '../dist'));
  const terraform = await openTerraform(folder, say);
  try {
    await terraform.init();
    const changes = await terraform.plan({ destroy: true });
    if (changes.length === 0) {
      say('There is nothing to remove.\n');
      return;
    }
    say(describe(changes, projectId));
    const kept = changes.filter(isProtected).map(({ address }) => address);
    if (kept.length > 0) {
      say(`\n${PROTECTED}\n`);
      throw new Error(`${kept.join(' and ')} cannot be deleted; nothing was changed`);
    }
    if (!yes && !(await confirm(`Type ${projectId} to destroy it: `, projectId))) {
      throw new Error('Not confirmed; nothing was changed');
    }
    await terraform.apply().catch((cause: Error) => {
      throw new Error(`${cause.message}; ${HALF_WAY}`, { cause });
    });
    say('Removed. The APIs stay enabled; terraform.tfvars and the state are kept.\n');
  } finally {
    await terraform.close();
  }
}

function nameOf({ address, change: { before } }: PlannedChange): string {
  return typeof before?.name === 'string' ? before.name : address;
}

function isProtected({ change: { before } }: PlannedChange): boolean {
  return before?.deletion_protection === true;
}

function describe(changes: readonly PlannedChange[], projectId: string): string {
  const stateful = changes.flatMap((planned) => {
    const kind = STATEFUL[planned.type];
    return kind === undefined ? [] : [`  ${nameOf(planned)}  ${kind}\n`];
  });
  const resources = changes.length === 1 ? 'resource' : 'resources';
  const head = `\n${changes.length} ${resources} of project ${projectId} will be destroyed`;
  if (stateful.length === 0) return `${head}; none of them has data.\n`;
  return `${head}, including these, whose data will be lost:\n${stateful.join('')}`;
}
