const MILLISECONDS_PER_DAY = 86_400_000;
const FIRST_MONDAY = toEpochDay('2026-01-05');

/** The usual dates are formatted once: a feed has hundreds of thousands of them. */
const FIRST_SPELLED = toEpochDay('1999-01-01');
const SPELLED: readonly string[] = Array.from({ length: 50 * 366 }, (_, index) =>
  spellDate(FIRST_SPELLED + index),
);

/** Converts `YYYY-MM-DD` to whole days since 1 January 1970. */
export function toEpochDay(date: string): number {
  return Date.parse(date) / MILLISECONDS_PER_DAY;
}

/** Converts whole days since 1 January 1970 to `YYYY-MM-DD`. */
export function formatDate(epochDay: number): string {
  return SPELLED[epochDay - FIRST_SPELLED] ?? spellDate(epochDay);
}

/** The date, in days since 1970, of the feed's weekday `day`; day 0 is Monday 5 January 2026. */
export function dateOfDay(day: number): number {
  const week = Math.floor(day / 5);
  return FIRST_MONDAY + week * 7 + (day - week * 5);
}

/** The first feed day on or after 1 January of `year`, which must be 2026 or later. */
export function firstDayOfYear(year: number): number {
  const daysAway = Math.max(0, toEpochDay(`${year}-01-01`) - FIRST_MONDAY);
  const week = Math.floor(daysAway / 7);
  return week * 5 + Math.min(5, daysAway - week * 7);
}

function spellDate(epochDay: number): string {
  return new Date(epochDay * MILLISECONDS_PER_DAY).toISOString().slice(0, 10);
}
