import { Command, Option } from 'commander';
import type { Deployment, DeployOptions } from './deploy/run-deploy.ts';
import { httpUrl, postgresUrl } from './shared/arguments.ts';
import { terraformOption } from './shared/options.ts';
import { runCommand } from './shared/run-command.ts';

interface Options extends DeployOptions {
  readonly json?: boolean;
}

function say(text: string): void {
  process.stderr.write(text);
}

function print(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

/** Formats the result of the first sync and the lines to paste next. */
function formatEnd({ plan, outputs, smoke }: Deployment): string {
  if (!outputs) {
    const changes = Object.values(plan).flat().length;
    return `Planned, not applied: ${changes} changes. To apply: npm run deploy\n`;
  }
  return `
Deployed. The first sync: ${JSON.stringify(smoke?.result)}

  executions  ${outputs.console_url}
  run a sync  ${outputs.run_command}
  psql        ${outputs.psql_command}
  API         curl -H "Authorization: Bearer $(gcloud auth print-identity-token)" ${outputs.api_url}
`;
}

async function deploy(options: Options, command: Command): Promise<void> {
  if (!options.plan && !options.yes && !process.stdin.isTTY) {
    command.error(
      'error: there is no terminal to ask on; give --yes, or --plan to stop before applying',
      {
        exitCode: 2,
      },
    );
  }
  const [{ runDeploy }, { StepFailure }] = await Promise.all([
    import('./deploy/run-deploy.ts'),
    import('./deploy/create-steps.ts'),
  ]);
  try {
    const deployment = await runDeploy(options, say);
    if (options.json) print({ ok: true, ...deployment });
    else process.stdout.write(formatEnd(deployment));
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    const { step, message, next, done } = error;
    if (options.json) print({ ok: false, failed: step, error: message, next, done });
    say(`\nerror: ${step}: ${message}\n  done: ${done.join(', ') || 'nothing'}\n  next: ${next}\n`);
    process.exitCode = 1;
  }
}

await runCommand(
  new Command('npm run deploy --')
    .description('Deploys everything to Google Cloud, or updates it there.')
    .option('--plan', 'stop after the plan, without changing anything')
    .option('--yes', 'apply the plan without asking')
    .option('--json', 'print one JSON document')
    .addOption(terraformOption())
    // Neither is read from the environment, where it would point to a local cloud.
    .addOption(
      new Option(
        '--database-url <url>',
        'your own tunnel to the database, as its owner; the password is read from PGPASSWORD',
      ).argParser(postgresUrl),
    )
    .addOption(
      new Option(
        '--endpoint <url>',
        'used by the first sync in place of the Google APIs',
      ).argParser(httpUrl),
    )
    .action(deploy),
);
