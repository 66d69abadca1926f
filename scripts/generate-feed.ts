import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { LAST_DAY, MOST_RECORDS } from './generate-feed/generate-records.ts';
import { generateFeed } from './generate-feed/generate-text.ts';

interface Options {
  records: number;
  day: number;
  seed: number;
  bad: number;
  out: string;
}

const WRONG_USAGE = 2;

function parseWhole(limit: number): (text: string) => number {
  return (text) => {
    if (/^\d+$/.test(text) && Number(text) <= limit) return Number(text);
    throw new InvalidArgumentError(`Give a whole number from 0 to ${limit}.`);
  };
}

function openTarget(file: string): Writable {
  return file === '-' ? process.stdout : createWriteStream(file);
}

async function writeFeed({ out, ...feed }: Options): Promise<void> {
  if (feed.bad > feed.records) throw new RangeError('--bad must not exceed --records.');
  const startedAt = performance.now();
  if (out.endsWith('.gz')) await pipeline(generateFeed(feed), createGzip(), openTarget(out));
  else await pipeline(generateFeed(feed), openTarget(out));
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const target = out === '-' ? 'standard output' : out;
  process.stderr.write(
    `Day ${feed.day} of a feed of ${feed.records} → ${target} in ${seconds} s\n`,
  );
}

const command = new Command('generate-feed')
  .description('Writes a synthetic day of the building-permit feed, as the City publishes it.')
  .option('--records <number>', 'records on day 0', parseWhole(MOST_RECORDS), 237_000)
  .option('--day <number>', 'weekdays since day 0, a Monday', parseWhole(LAST_DAY), 0)
  .option('--seed <number>', 'another seed, another city', parseWhole(0xffff_ffff), 1)
  .option('--bad <number>', 'records to add that cannot be stored', parseWhole(MOST_RECORDS), 0)
  .requiredOption('--out <file>', 'where to; gzip when it ends in .gz; - is standard output')
  .allowExcessArguments(false)
  .exitOverride()
  .action((options: Options) => writeFeed(options));

try {
  await command.parseAsync();
} catch (error) {
  // Commander has printed its own message; a closed pipe is the reader's choice, not a failure.
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : WRONG_USAGE;
  else if (error instanceof RangeError) {
    process.stderr.write(`error: ${error.message}\n`);
    process.exitCode = WRONG_USAGE;
  } else if (code !== 'EPIPE' && code !== 'ERR_STREAM_PREMATURE_CLOSE') {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
