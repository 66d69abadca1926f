import { readFile, writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { wholeNumber } from './shared/arguments.ts';
import { runCommand } from './shared/run-command.ts';

const README = new URL('./bench/README.md', import.meta.url);
const QUICK_RECORDS = 25_000;
const FULL_RECORDS = 237_000;

interface Options {
  readonly records?: number;
  readonly quick?: boolean;
  readonly repeats: number;
  readonly growth?: boolean;
  readonly json?: boolean;
  readonly check?: boolean;
  readonly writeReadme?: boolean;
}

async function bench({ quick, repeats, growth = false, ...options }: Options): Promise<void> {
  const records = options.records ?? (quick ? QUICK_RECORDS : FULL_RECORDS);
  // Loaded only after the command line has been checked: it takes a second.
  const { runBench } = await import('./bench/run-bench.ts');
  const { renderReport } = await import('./bench/report/render-report.ts');
  const { replaceMarked } = await import('./bench/report/replace-marked.ts');
  const say = (text: string): void => {
    process.stderr.write(text);
  };
  const report = await runBench({ records, repeats, growth, say });
  const text = renderReport(report);
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : text);
  if (options.writeReadme) {
    await writeFile(README, replaceMarked(await readFile(README, 'utf8'), text));
  }
  if (!options.check) return;
  const missed = report.targets.filter(({ met }) => met === false);
  for (const { name, limit, measured } of missed) {
    say(`missed: ${name}: ${measured?.toFixed(2)}, not ${limit}\n`);
  }
  if (missed.length > 0) process.exitCode = 1;
}

await runCommand(
  new Command('npm run bench --')
    .description(
      'Times syncs against the least work PostgreSQL can do, and against a row at a time.',
    )
    .option('--records <number>', 'size of the feed (default: 237000)', wholeNumber(1, 2_000_000))
    .option('--quick', 'a feed of 25,000 records')
    .option('--repeats <number>', 'how often to run each case', wholeNumber(1, 100), 3)
    .option('--growth', 'also measure first loads of 1, 2, 5 and 10 times as many records')
    .option('--json', 'print one JSON document')
    .option('--check', 'exit with 1 if a measured target is missed')
    .option('--write-readme', 'write the tables to scripts/bench/README.md')
    .action(bench),
);
