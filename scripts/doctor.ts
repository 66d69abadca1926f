import { Command } from 'commander';
import { allWell, type Check, runChecks } from './doctor/check.ts';
import { formatChecks } from './doctor/format-checks.ts';
import {
  databaseUrlOption,
  endpointOption,
  locationOption,
  projectOption,
  terraformOption,
  workflowOption,
} from './shared/options.ts';
import { runCommand } from './shared/run-command.ts';

interface Options {
  readonly local?: boolean;
  readonly json?: boolean;
  readonly terraform: string;
  readonly endpoint?: string;
  readonly project: string;
  readonly location: string;
  readonly workflow: string;
  readonly databaseUrl?: string;
}

/** Default address of the Google APIs of npm run local. */
const LOCAL_ENDPOINT = 'http://127.0.0.1:8080';

async function listChecks(options: Options): Promise<readonly Check[]> {
  if (!options.local && options.endpoint === undefined) {
    const { listCloudChecks } = await import('./doctor/cloud/list-cloud-checks.ts');
    return listCloudChecks(options.terraform);
  }
  const [{ createApiChecks }, { createDatabaseChecks }] = await Promise.all([
    import('./doctor/local/api-checks.ts'),
    import('./doctor/local/database-checks.ts'),
  ]);
  const endpoint = (options.endpoint ?? LOCAL_ENDPOINT).replace(/\/+$/, '');
  const { project, location, workflow } = options;
  return [
    ...createApiChecks({ endpoint, project, location, workflow }),
    ...createDatabaseChecks(options.databaseUrl),
  ];
}

async function examine(options: Options): Promise<void> {
  const results = await runChecks(await listChecks(options));
  const well = allWell(results);
  const document = { ok: well, checks: results };
  if (options.json) process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  else process.stdout.write(formatChecks(results));
  process.exitCode = well ? 0 : 1;
}

await runCommand(
  new Command('npm run doctor --')
    .description(
      'Checks what a deployment needs, or a local cloud, and shows how to fix each problem.',
    )
    .option('--local', 'check the local cloud (also implied by --endpoint)')
    .addOption(endpointOption())
    .addOption(projectOption().default('local-project'))
    .addOption(locationOption())
    .addOption(workflowOption())
    .addOption(databaseUrlOption())
    .addOption(terraformOption())
    .option('--json', 'print one JSON document')
    .action(examine),
);
