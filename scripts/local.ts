import { once } from 'node:events';
import { Command } from 'commander';
import { chooseFeed } from './local/choose-feed.ts';
import { reportFunctionLine } from './local/report-function-line.ts';
import { type LocalCloud, PROJECT_ID, startLocalCloud } from './local/start-local-cloud.ts';
import { wholeNumber } from './shared/arguments.ts';
import {
  databaseUrlOption,
  dataDirOption,
  recordsOption,
  timeWarpOption,
} from './shared/options.ts';
import { runCommand } from './shared/run-command.ts';

interface Options {
  readonly port: number;
  readonly cloudPort: number;
  readonly records: number;
  readonly dataDir: string;
  readonly databaseUrl?: string;
  readonly timeWarp: number;
}

const describe = (cloud: LocalCloud, feed: string): string => `
  sync-api      ${cloud.functions['sync-api'].url}/api/sync
  Google APIs   ${cloud.endpoint}
  PostgreSQL    ${cloud.databaseUrl}
  feed          ${feed}
  logs          ${cloud.logDirectory}

  curl -X POST ${cloud.functions['sync-api'].url}/api/sync \\
    -H 'content-type: application/json' -d '{"file_path": "feed.json"}'

For another shell:
  export DATABASE_URL='${cloud.databaseUrl}'
  export GOOGLE_API_ENDPOINT=${cloud.endpoint}
  export GOOGLE_CLOUD_PROJECT=${PROJECT_ID}
  export CLOUDSDK_API_ENDPOINT_OVERRIDES_WORKFLOWS=${cloud.endpoint}/
  export CLOUDSDK_API_ENDPOINT_OVERRIDES_WORKFLOWEXECUTIONS=${cloud.endpoint}/
  export CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB=${cloud.endpoint}/
  export CLOUDSDK_AUTH_DISABLE_CREDENTIALS=true
  export CLOUDSDK_CORE_PROJECT=${PROJECT_ID}
  export CLOUDSDK_WORKFLOWS_LOCATION=${cloud.config.WORKFLOW_LOCATION}

Ctrl-C stops it.
`;

const local = async (options: Options): Promise<void> => {
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  const feed = await chooseFeed({ ...options, dataDirectory: options.dataDir });
  try {
    const cloud = await startLocalCloud({
      dataDirectory: options.dataDir,
      databaseUrl: options.databaseUrl,
      functionsEnvironment: feed.functionsEnvironment,
      cloudPort: options.cloudPort,
      syncApiPort: options.port,
      timeWarp: options.timeWarp,
      log: (message) => process.stderr.write(`  ${message}\n`),
      onFunctionLine: (name, line) => process.stderr.write(reportFunctionLine(name, line) ?? ''),
    });
    try {
      process.stdout.write(describe(cloud, feed.description));
      await stopped;
    } finally {
      await cloud.stop();
    }
  } finally {
    await feed.stop();
  }
};

await runCommand(
  new Command('npm run local --')
    .description('Starts the local cloud and stays up: the Google APIs, PostgreSQL, the functions.')
    .option('--port <number>', 'of sync-api', wholeNumber(0, 65_535), 3000)
    .option('--cloud-port <number>', 'of the Google APIs', wholeNumber(0, 65_535), 8080)
    .addOption(recordsOption())
    .addOption(dataDirOption())
    .addOption(databaseUrlOption())
    .addOption(timeWarpOption())
    .action(local),
);
