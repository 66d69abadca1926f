import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import express from 'express';
import type { SyncRun } from '../../../functions/shared/schema.ts';
import { generateFeed } from '../../generate-feed/generate-text.ts';
import { listen } from '../rest/listen.ts';
import { describeCkanRefusal } from './ckan-error.ts';
import { createCkanApi } from './create-ckan-api.ts';

export interface FeedChoice {
  readonly dataDirectory: string;
  readonly file?: string | undefined;
  readonly url?: string | undefined;
  readonly live?: boolean | undefined;
  /** Number of records of the synthetic feed, which is the default. */
  readonly records: number;
  /** A database of the user's own, in which a synthetic feed must not replace what is there. */
  readonly databaseUrl?: string | undefined;
}

export interface ChosenFeed {
  /** For people: `synthetic, 25000 records, day 3`. */
  readonly description: string;
  /** The workflow's argument. */
  readonly argument: { readonly file_path?: string; readonly accept_shrink?: boolean };
  /** Configuration that the functions need to reach it. */
  readonly functionsEnvironment: Readonly<Record<string, string>>;
  /** Has the next start serve the next day, if the run has completed with the synthetic feed. */
  remember(run: EndedRun): Promise<void>;
  stop(): Promise<void>;
}

/** What matters of a run that has ended. */
export type EndedRun = Pick<SyncRun, 'status' | 'source' | 'partial' | 'dry_run'>;

async function nothing(): Promise<void> {}

/** Chooses a file, a URL, the City's live feed, or the next day of the synthetic feed. */
export async function chooseFeed(choice: FeedChoice): Promise<ChosenFeed> {
  if (choice.file !== undefined) {
    const file_path = resolve(choice.file);
    return {
      description: file_path,
      argument: { file_path },
      functionsEnvironment: {},
      remember: nothing,
      stop: nothing,
    };
  }
  if (choice.url !== undefined) {
    return {
      description: choice.url,
      argument: { file_path: choice.url },
      // A URL on the command line allows its host.
      functionsEnvironment: { FEED_ALLOWED_HOSTS: new URL(choice.url).origin },
      remember: nothing,
      stop: nothing,
    };
  }
  if (choice.live) {
    return {
      description: "the City's live feed",
      argument: {},
      functionsEnvironment: {},
      remember: nothing,
      stop: nothing,
    };
  }
  return serveSyntheticFeed(choice);
}

/** Serves the next day of the synthetic feed from a stand-in for the City's portal. */
async function serveSyntheticFeed(choice: FeedChoice): Promise<ChosenFeed> {
  const { dataDirectory, records, databaseUrl } = choice;
  const dayPath = join(dataDirectory, `feed-day-${records}.txt`);
  const sizePath = join(dataDirectory, 'feed-records.txt');
  const day = ((await readNumber(dayPath)) ?? -1) + 1;
  const lastRecords = (await readNumber(sizePath)) ?? records;
  const portal = createCkanApi({ feed: () => generateFeed({ records, day }) });
  const server = await listen(express().use(portal), 0, describeCkanRefusal);
  return {
    description: `synthetic, ${records.toLocaleString('en')} records, day ${day}`,
    // Another size is asked for, so the feed may be smaller than the last one.
    argument: databaseUrl === undefined && lastRecords !== records ? { accept_shrink: true } : {},
    functionsEnvironment: { CKAN_BASE_URL: server.url, FEED_IS_MADE_UP: 'true' },
    async remember({ status, source, partial, dry_run }) {
      if (status !== 'completed' || source !== 'made_up' || partial || dry_run) return;
      await writeFile(dayPath, `${day}\n`);
      // The size is that of the last feed in the data directory's own database.
      if (databaseUrl === undefined) await writeFile(sizePath, `${records}\n`);
    },
    stop: server.close,
  };
}

/** Reads a file that holds a whole number; undefined if there is none. */
async function readNumber(path: string): Promise<number | undefined> {
  const number = Number.parseInt(await readFile(path, 'utf8').catch(() => ''), 10);
  return Number.isSafeInteger(number) ? number : undefined;
}
