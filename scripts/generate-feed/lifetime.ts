import { draw, toFraction } from './draw.ts';

/** Shares of the feed per weekday. As many permits leave as arrive, so its size is constant. */
const BIRTH_RATE = 0.0015;
const DEATH_RATE = 0.0015;
const CHANGE_RATE = 0.004;

const DEATH_SALT = 1;
const CHANGE_SALT = 1000;

/** Counts the permits that join a feed of `records` after day 0, up to and including `day`. */
export function countBirths(records: number, day: number): number {
  return Math.floor(records * BIRTH_RATE * day);
}

/** The day on which the permit with this ordinal first appears; the first `records` are day 0's. */
export function findBirthDay(records: number, ordinal: number): number {
  if (ordinal < records) return 0;
  // The guess may be off by one because the product rounds; the loops correct it.
  let day = Math.max(1, Math.floor((ordinal - records + 1) / (records * BIRTH_RATE)));
  while (countBirths(records, day) <= ordinal - records) day += 1;
  while (day > 1 && countBirths(records, day - 1) > ordinal - records) day -= 1;
  return day;
}

/** Days (1 or more) until something with this chance per day first happens. */
function drawWaitDays(drawn: number, rate: number): number {
  return 1 + Math.floor(Math.log(1 - toFraction(drawn)) / Math.log(1 - rate));
}

/** The first day on which the permit is no longer in the feed. */
export function findDeathDay(permitSeed: number, birthDay: number): number {
  return birthDay + drawWaitDays(draw(permitSeed, DEATH_SALT), DEATH_RATE);
}

/** The days, in order and up to `lastDay`, on which the permit's contents change. */
export function listChangeDays(
  permitSeed: number,
  birthDay: number,
  lastDay: number,
): readonly number[] {
  const days: number[] = [];
  let day = birthDay;
  for (let change = 0; ; change += 1) {
    day += drawWaitDays(draw(permitSeed, CHANGE_SALT + change), CHANGE_RATE);
    if (day > lastDay) return days;
    days.push(day);
  }
}
