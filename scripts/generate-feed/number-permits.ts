import { countBirths } from './lifetime.ts';
import { firstDayOfYear, toEpochDay } from './weekday-calendar.ts';

/** Relative number of day 0's permits by year of application, 2000 to 2025. */
const YEAR_WEIGHTS = [
  ...[1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 15, 18, 21, 24, 28, 34, 40, 44, 56, 66, 80, 104],
  150,
] as const;
const FIRST_YEAR = 2000;
const BIRTH_YEAR = FIRST_YEAR + YEAR_WEIGHTS.length;
const FIRST_SEQUENCE = 100_101;
const USUAL_SEQUENCES = 190_000;

/** A job's place among the applications. */
export interface ApplicationNumber {
  /** Date of application, in days since 1970. */
  readonly date: number;
  /** `16 134540`: the first nine characters of PERMIT_NUM, never the same for two jobs. */
  readonly prefix: string;
}

/**
 * Numbers the jobs of a feed with `records` permits on day 0. Numbers rise with the ordinal, as in
 * the City's feed; a permit that joins later gets a number of the year in which it joins.
 */
export function createNumbering(records: number): (jobOrdinal: number) => ApplicationNumber {
  const firstYears = spreadOverYears(records);
  const ordinalOfYear = (year: number): number =>
    year < BIRTH_YEAR
      ? (firstYears[year - FIRST_YEAR] ?? records)
      : records + countBirths(records, Math.max(0, firstDayOfYear(year) - 1));

  const findYear = (ordinal: number): number => {
    if (ordinal >= records) {
      let year = BIRTH_YEAR;
      while (ordinalOfYear(year + 1) <= ordinal) year += 1;
      return year;
    }
    let [low, high] = [0, YEAR_WEIGHTS.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((firstYears[middle] ?? 0) <= ordinal) low = middle;
      else high = middle - 1;
    }
    return FIRST_YEAR + low;
  };

  return (jobOrdinal) => {
    const year = findYear(jobOrdinal);
    const first = ordinalOfYear(year);
    const newYear = toEpochDay(`${year}-01-01`);
    const count = ordinalOfYear(year + 1) - first;
    const step = Math.max(1, Math.floor(USUAL_SEQUENCES / count));
    const sequence = FIRST_SEQUENCE + (jobOrdinal - first) * step;
    return {
      date: newYear + Math.floor(((jobOrdinal - first) / count) * 365),
      prefix: `${String(year % 100).padStart(2, '0')} ${sequence}`,
    };
  };
}

/** The first ordinal of each of the years before day 0. */
function spreadOverYears(records: number): readonly number[] {
  const total = YEAR_WEIGHTS.reduce((sum, weight) => sum + weight, 0);
  let before = 0;
  return YEAR_WEIGHTS.map((weight) => {
    const first = Math.floor((before / total) * records);
    before += weight;
    return first;
  });
}
