import { FUNCTION_NAMES } from '../../functions/function-names.ts';
import { chooseFeed } from '../local/ckan/choose-feed.ts';
import { pickSettings } from '../local/functions/pick-settings.ts';
import type { RunningFunctions } from '../local/functions/start-functions.ts';
import { reportFunctionLine } from '../local/logs/report-function-line.ts';
import { reportWorkflowEntry } from '../local/logs/report-workflow-entry.ts';
import { removeDataDirectory } from '../local/postgres/remove-data-directory.ts';
import { type LocalCloud, startLocalCloud } from '../local/start-local-cloud.ts';
import { formatResult } from './format-result.ts';
import { createProgressView } from './progress-view.ts';
import { runSync, type SyncResult } from './run-sync.ts';

export interface StartOptions {
  readonly file?: string;
  readonly url?: string;
  readonly live?: boolean;
  readonly partial?: boolean;
  readonly acceptShrink?: boolean;
  readonly acceptDrift?: boolean;
  readonly acceptOutdated?: boolean;
  readonly dryRun?: boolean;
  readonly records: number;
  readonly dataDir: string;
  readonly databaseUrl?: string;
  readonly timeWarp: number;
  readonly smtpUrl?: string;
  readonly alertEmail?: string;
  readonly json?: boolean;
}

function say(text: string): void {
  process.stderr.write(text);
}

/** Measures the peak resident memory of each process, in bytes. */
async function measureMemory(functions: RunningFunctions) {
  const peaks = FUNCTION_NAMES.map(
    async (name) => [name, await functions[name].peakRssBytes()] as const,
  );
  const local_cloud = process.resourceUsage().maxRSS * 1024;
  return { ...Object.fromEntries(await Promise.all(peaks)), local_cloud };
}

function announce(cloud: LocalCloud, feed: string): void {
  say(`  PostgreSQL    ${new URL(cloud.databaseUrl).host}\n`);
  say(`  Google APIs   ${cloud.endpoint}\n`);
  say(`  functions     ${FUNCTION_NAMES.join(', ')} (logs in ${cloud.logDirectory})\n`);
  say(`  feed          ${feed}\n\n`);
}

function explainNext({ dataDir, databaseUrl }: StartOptions): void {
  const options = dataDir === '.local' ? '' : ` -- --data-dir ${dataDir}`;
  const look = databaseUrl ? 'psql "$DATABASE_URL"' : `npm run local${options}`;
  say(`\n  To look at the data: ${look}\n`);
}

/** Removes a database that no directory uses any more, for `npm start -- --remove-data`. */
export async function runRemoveData(directory: string): Promise<void> {
  await removeDataDirectory(directory);
  say(`removed ${directory}\n`);
}

/** Runs one sync on this machine, from the feed to PostgreSQL, for `npm start`. */
export async function runStart(options: StartOptions): Promise<void> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => interrupted.abort());
  }
  say('Starting the local cloud\n');
  const feed = await chooseFeed({ ...options, dataDirectory: options.dataDir });
  const view = createProgressView(process.stderr);
  try {
    const cloud = await startLocalCloud({
      dataDirectory: options.dataDir,
      databaseUrl: options.databaseUrl,
      timeWarp: options.timeWarp,
      smtpUrl: options.smtpUrl,
      alertEmail: options.alertEmail,
      onAlert: say,
      warn: (message) => say(`  ${message}\n`),
      functionsEnvironment: { ...pickSettings(process.env), ...feed.functionsEnvironment },
      onUploadProgress: view.showBytes,
      onFunctionLine: (name, line) => say(reportFunctionLine(name, line) ?? ''),
      onWorkflowEntry: (entry) => say(reportWorkflowEntry(entry) ?? ''),
    });
    let result: SyncResult;
    try {
      announce(cloud, feed.description);
      const argument = {
        ...feed.argument,
        ...(options.partial && { partial: true }),
        ...(options.acceptShrink && { accept_shrink: true }),
        ...(options.acceptDrift && { accept_drift: true }),
        ...(options.acceptOutdated && { accept_outdated: true }),
        ...(options.dryRun && { dry_run: true }),
      };
      result = await runSync(cloud, argument, view.show, interrupted.signal);
      view.stop();
      if (result.sync_run) await feed.remember(result.sync_run);
      if (options.json) {
        const peak_rss_bytes = await measureMemory(cloud.functions);
        process.stdout.write(`${JSON.stringify({ ...result, peak_rss_bytes }, null, 2)}\n`);
      } else process.stdout.write(formatResult(result));
    } finally {
      view.stop();
      await cloud.stop();
    }
    if (result.error !== undefined) process.exitCode = 1;
    else explainNext(options);
  } finally {
    await feed.stop();
  }
}
