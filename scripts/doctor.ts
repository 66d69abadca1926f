import { Command, Option } from 'commander';
import { allWell, type Check, runChecks } from './doctor/check.ts';
import { formatChecks } from './doctor/format-checks.ts';
import { databaseUrlOption, endpointOption, terraformOption } from './shared/options.ts';
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

/** Where npm run local has the Google APIs unless told otherwise. */
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
    .description('Checks what deploying needs, or a local cloud, and says what mends each finding.')
    .option('--local', 'check the local cloud, as with --endpoint')
    .addOption(endpointOption())
    .addOption(
      new Option('--project <id>', 'of the local cloud')
        .env('GOOGLE_CLOUD_PROJECT')
        .default('local-project'),
    )
    .addOption(
      new Option('--location <region>', 'of its workflow')
        .env('WORKFLOW_LOCATION')
        .default('northamerica-northeast2'),
    )
    .addOption(
      new Option('--workflow <name>', 'its name').env('WORKFLOW_NAME').default('permit-sync'),
    )
    .addOption(databaseUrlOption())
    .addOption(terraformOption())
    .option('--json', 'print one JSON document')
    .action(examine),
);
