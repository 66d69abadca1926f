import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import express from 'express';
import { generateFeed } from '../../generate-feed/generate-text.ts';
import { listen } from '../rest/listen.ts';
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
  stop(): Promise<void>;
}

async function nothing(): Promise<void> {}

/** Chooses a file, a URL, the City's live feed, or the next day of the synthetic one. */
export async function chooseFeed(choice: FeedChoice): Promise<ChosenFeed> {
  if (choice.file !== undefined) {
    const file_path = resolve(choice.file);
    return {
      description: file_path,
      argument: { file_path },
      functionsEnvironment: {},
      stop: nothing,
    };
  }
  if (choice.url !== undefined) {
    return {
      description: choice.url,
      argument: { file_path: choice.url },
      // A URL on the command line allows its host.
      functionsEnvironment: { FEED_ALLOWED_HOSTS: new URL(choice.url).origin },
      stop: nothing,
    };
  }
  if (choice.live) {
    return {
      description: "the City's live feed",
      argument: {},
      functionsEnvironment: {},
      stop: nothing,
    };
  }
  return serveSyntheticFeed(choice);
}

/** Serves the next day of the synthetic feed from a stand-in for the City's portal. */
async function serveSyntheticFeed(choice: FeedChoice): Promise<ChosenFeed> {
  const { dataDirectory, records, databaseUrl } = choice;
  const isResized = await rememberSize(dataDirectory, records);
  const day = await advanceDay(dataDirectory, records);
  const portal = createCkanApi({ feed: () => generateFeed({ records, day }) });
  const server = await listen(express().use(portal), 0);
  return {
    description: `synthetic, ${records.toLocaleString('en')} records, day ${day}`,
    // Another size was asked for, so the feed may be smaller than the last one.
    argument: isResized && databaseUrl === undefined ? { accept_shrink: true } : {},
    functionsEnvironment: { CKAN_BASE_URL: server.url },
    stop: server.close,
  };
}

/** Returns the day after that of the last start with the same number of records; at first 0. */
async function advanceDay(dataDirectory: string, records: number): Promise<number> {
  await mkdir(dataDirectory, { recursive: true });
  const path = join(dataDirectory, `feed-day-${records}.txt`);
  const last = Number.parseInt(await readFile(path, 'utf8').catch(() => '-1'), 10);
  const day = Number.isSafeInteger(last) ? last + 1 : 0;
  await writeFile(path, `${day}\n`);
  return day;
}

/** Remembers the size of the synthetic feed. @returns whether the last start had another size. */
async function rememberSize(dataDirectory: string, records: number): Promise<boolean> {
  await mkdir(dataDirectory, { recursive: true });
  const path = join(dataDirectory, 'feed-records.txt');
  const last = await readFile(path, 'utf8').catch(() => '');
  await writeFile(path, `${records}\n`);
  return last.trim() !== String(records);
}
