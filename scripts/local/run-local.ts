import { once } from 'node:events';
import { chooseFeed } from './ckan/choose-feed.ts';
import { rememberRuns } from './ckan/remember-runs.ts';
import { pickSettings } from './functions/pick-settings.ts';
import { reportFunctionLine } from './logs/report-function-line.ts';
import { reportWorkflowEntry } from './logs/report-workflow-entry.ts';
import { type LocalCloud, PROJECT_ID, startLocalCloud } from './start-local-cloud.ts';

export interface LocalOptions {
  readonly port: number;
  readonly cloudPort: number;
  readonly pubsubHost?: string;
  readonly records: number;
  readonly dataDir: string;
  readonly databaseUrl?: string;
  readonly timeWarp: number;
  readonly smtpUrl?: string;
  readonly alertEmail?: string;
}

function describe(cloud: LocalCloud, feed: string): string {
  return `
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
  export CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB=${cloud.pubsubUrl}/
  export CLOUDSDK_AUTH_DISABLE_CREDENTIALS=true
  export CLOUDSDK_CORE_PROJECT=${PROJECT_ID}
  export CLOUDSDK_WORKFLOWS_LOCATION=${cloud.config.WORKFLOW_LOCATION}

Ctrl-C stops it.
`;
}

/** `npm run local`: runs the local cloud until Ctrl-C. */
export async function runLocal(options: LocalOptions): Promise<void> {
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  const feed = await chooseFeed({ ...options, dataDirectory: options.dataDir });
  try {
    const cloud = await startLocalCloud({
      dataDirectory: options.dataDir,
      databaseUrl: options.databaseUrl,
      functionsEnvironment: { ...pickSettings(process.env), ...feed.functionsEnvironment },
      cloudPort: options.cloudPort,
      pubsubHost: options.pubsubHost,
      syncApiPort: options.port,
      timeWarp: options.timeWarp,
      smtpUrl: options.smtpUrl,
      alertEmail: options.alertEmail,
      onAlert: (text) => process.stderr.write(text),
      watchesWorkflows: true,
      log: (message) => process.stderr.write(`  ${message}\n`),
      onFunctionLine: (name, line) => process.stderr.write(reportFunctionLine(name, line) ?? ''),
      onWorkflowEntry: (entry) => process.stderr.write(reportWorkflowEntry(entry) ?? ''),
    });
    try {
      const stopRemembering = await rememberRuns(cloud, feed);
      process.stdout.write(describe(cloud, feed.description));
      await stopped;
      await stopRemembering();
    } finally {
      await cloud.stop();
    }
  } finally {
    await feed.stop();
  }
}
