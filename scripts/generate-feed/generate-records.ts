import { buildPermit } from './build-permit.ts';
import { changePermit } from './change-permit.ts';
import { draw } from './draw.ts';
import type { BadRecord, FeedRecord, Permit } from './feed-columns.ts';
import { findCopy, findOriginal, identifyPermit } from './identify-permit.ts';
import { countBirths, findBirthDay, findDeathDay, listChangeDays } from './lifetime.ts';
import { createNumbering } from './number-permits.ts';
import { spoilRecord } from './spoil-record.ts';
import { dateOfDay } from './weekday-calendar.ts';

export const MOST_RECORDS = 2_000_000;
export const LAST_DAY = 5000;

export interface FeedOptions {
  /** Records on day 0; later days have about as many. */
  readonly records: number;
  /** The weekday since day 0, Monday 5 January 2026. */
  readonly day: number;
  /** Another seed gives another city. */
  readonly seed?: number;
  /** Records to add that cannot be stored. */
  readonly bad?: number;
}

/**
 * Yields the records of one weekday's feed in file order. They are synthetic, with the columns,
 * oddities and day-to-day churn of the City's feed. Each is computed from the seed, its ordinal and
 * the day alone, so memory does not grow and day 30 costs hardly more than day 0.
 *
 * @throws RangeError for options out of range
 */
export function* generateRecords(options: FeedOptions): Generator<FeedRecord | BadRecord> {
  const { records, day, seed = 1, bad = 0 } = options;
  requireWhole('records', records, MOST_RECORDS);
  requireWhole('day', day, LAST_DAY);
  requireWhole('bad', bad, records);
  requireWhole('seed', seed, 0xffff_ffff);

  const feed: Feed = { seed, records, number: createNumbering(records) };
  const ordinals = records + countBirths(records, day);
  const badEvery = bad === 0 ? Infinity : Math.floor(records / bad);
  let spoiled = 0;
  // The City's sequence continues from load to load, so no record keeps its _id.
  let id = day * (records + bad);

  for (let slot = 0; slot < ordinals; slot += 1) {
    const ordinal = day % 2 === 0 ? slot : swapCopies(slot, ordinals);
    const permit = findPermit(feed, ordinal, day);
    if (permit !== null) {
      id += 1;
      yield { _id: id, ...permit };
    }
    if (spoiled < bad && slot % badEvery === badEvery - 1) {
      id += 1;
      const model = findPermit(feed, 0, 0);
      if (model !== null) yield spoilRecord({ _id: id, ...model }, spoiled);
      spoiled += 1;
    }
  }
}

interface Feed {
  readonly seed: number;
  readonly records: number;
  readonly number: ReturnType<typeof createNumbering>;
}

/** The permit with this ordinal on this day, or null when it has left the feed. */
function findPermit({ seed, records, number }: Feed, ordinal: number, day: number): Permit | null {
  const permitSeed = draw(draw(seed, ordinal), 0);
  const birthDay = findBirthDay(records, ordinal);
  // Records that share a whole key never leave, so every day has some to decide between.
  const isLasting = findOriginal(ordinal) !== null || findCopy(ordinal) !== null;
  if (!isLasting && findDeathDay(permitSeed, birthDay) <= day) return null;
  const birthDate = birthDay === 0 ? null : dateOfDay(birthDay);
  const born = buildPermit(permitSeed, identifyPermit(seed, ordinal, number), birthDate);
  return listChangeDays(permitSeed, birthDay, day).reduce(
    (permit, changeDay) =>
      changePermit(permit, draw(permitSeed, 2000 + changeDay), dateOfDay(changeDay)),
    born,
  );
}

/** Swaps records that share a whole key from day to day, because position must decide nothing. */
function swapCopies(slot: number, ordinals: number): number {
  const original = findOriginal(slot);
  if (original !== null) return original;
  const copy = findCopy(slot);
  return copy !== null && copy < ordinals ? copy : slot;
}

function requireWhole(name: string, value: number, limit: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= limit) return;
  throw new RangeError(`${name} must be a whole number from 0 to ${limit}, not ${value}`);
}
