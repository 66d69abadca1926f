import { Command, Option } from 'commander';
import { chooseFeed } from './local/choose-feed.ts';
import { formatResult } from './local/format-result.ts';
import { FUNCTION_NAMES, type RunningFunctions } from './local/functions/start-functions.ts';
import { reportFunctionLine } from './local/report-function-line.ts';
import { runSync, type SyncResult } from './local/run-sync.ts';
import { createProgressView } from './local/show-progress.ts';
import { type LocalCloud, startLocalCloud } from './local/start-local-cloud.ts';
import { httpUrl, readableFile } from './shared/arguments.ts';
import {
  databaseUrlOption,
  dataDirOption,
  recordsOption,
  timeWarpOption,
} from './shared/options.ts';
import { runCommand } from './shared/run-command.ts';

interface Options {
  readonly file?: string;
  readonly url?: string;
  readonly live?: boolean;
  readonly records: number;
  readonly dataDir: string;
  readonly databaseUrl?: string;
  readonly timeWarp: number;
  readonly json?: boolean;
}

const say = (text: string): void => {
  process.stderr.write(text);
};

/** Peak resident memory of each process of ours, in bytes. */
const measureMemory = async (functions: RunningFunctions) => {
  const peaks = FUNCTION_NAMES.map(
    async (name) => [name, await functions[name].peakRssBytes()] as const,
  );
  const local_cloud = process.resourceUsage().maxRSS * 1024;
  return { ...Object.fromEntries(await Promise.all(peaks)), local_cloud };
};

const announce = (cloud: LocalCloud, feed: string): void => {
  say(`  PostgreSQL    ${new URL(cloud.databaseUrl).host}\n`);
  say(`  Google APIs   ${cloud.endpoint}\n`);
  say(`  functions     ${FUNCTION_NAMES.join(', ')} (logs in ${cloud.logDirectory})\n`);
  say(`  feed          ${feed}\n\n`);
};

const explainNext = ({ dataDir, databaseUrl }: Options): void => {
  const again = `${dataDir === '.local' ? '' : ` --data-dir ${dataDir}`}`;
  const look = databaseUrl ? `psql '${databaseUrl}'` : `npm run local${again && ` --${again}`}`;
  say(`\n  To look at the data: ${look}\n`);
};

const start = async (options: Options): Promise<void> => {
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
      functionsEnvironment: feed.functionsEnvironment,
      onUploadProgress: view.showBytes,
      onFunctionLine: (name, line) => say(reportFunctionLine(name, line) ?? ''),
    });
    let result: SyncResult;
    try {
      announce(cloud, feed.description);
      result = await runSync(cloud, feed.argument, view.show, interrupted.signal);
      view.stop();
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
};

await runCommand(
  new Command('npm start --')
    .description('Runs one sync on this machine, from the feed to PostgreSQL, and exits.')
    .addOption(
      new Option('--file <path>', 'a feed file, plain or gzip')
        .argParser(readableFile)
        .conflicts(['url', 'live']),
    )
    .addOption(
      new Option('--url <url>', 'a feed on the web').argParser(httpUrl).conflicts(['file', 'live']),
    )
    .addOption(new Option('--live', "the City's feed").conflicts(['file', 'url']))
    .addOption(recordsOption())
    .addOption(dataDirOption())
    .addOption(databaseUrlOption())
    .addOption(timeWarpOption())
    .option('--json', 'print one JSON document')
    .action(start),
);
