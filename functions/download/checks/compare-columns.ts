import { DROPPED_COLUMNS, FEED_COLUMNS } from '../../shared/mapping/columns.ts';

const MAX_NAMES = 20;
const MAX_NAME_LENGTH = 60;

const MAPPED: ReadonlySet<string> = new Set(FEED_COLUMNS.map(([name]) => name));

/** @returns the feed's columns that the mapping does not know: at most 20, long names cut short. */
export function listUnmapped(columns: ReadonlySet<string>): readonly string[] {
  return [...columns]
    .filter((name) => !MAPPED.has(name) && !DROPPED_COLUMNS.has(name))
    .slice(0, MAX_NAMES)
    .map((name) => name.slice(0, MAX_NAME_LENGTH).toWellFormed());
}

/** @returns the mapped columns that the feed has. */
export function listMapped(columns: ReadonlySet<string>): readonly string[] {
  return [...MAPPED].filter((name) => columns.has(name));
}

/** @returns the mapped columns that the feed lacks; none if its columns could not be sampled. */
export function listMissing(columns: ReadonlySet<string>): readonly string[] {
  return columns.size === 0 ? [] : [...MAPPED].filter((name) => !columns.has(name));
}

/** Ends the sentence about missing columns with the unmapped ones, which may be their new names. */
export function describeUnmapped(columns: ReadonlySet<string>): string {
  const unmapped = listUnmapped(columns).join(', ');
  return unmapped === '' ? '' : `; unmapped columns: ${unmapped}`;
}
