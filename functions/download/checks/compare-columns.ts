import { DROPPED_COLUMNS, FEED_COLUMNS } from '../../shared/mapping/columns.ts';

/** As many unmapped columns are named. */
export const MAX_UNMAPPED = 20;
const MAX_NAME_LENGTH = 60;

const KNOWN: ReadonlySet<string> = new Set([
  ...FEED_COLUMNS.map(([name]) => name),
  ...DROPPED_COLUMNS,
]);

/** @returns whether the mapping knows a column of the feed, to store or to drop it. */
export function isKnown(name: string): boolean {
  return KNOWN.has(name);
}

/** @returns the feed's columns that the mapping does not know: at most 20, long names cut short. */
export function listUnmapped(columns: ReadonlySet<string>): readonly string[] {
  return [...columns]
    .filter((name) => !isKnown(name))
    .slice(0, MAX_UNMAPPED)
    .map((name) => name.slice(0, MAX_NAME_LENGTH).toWellFormed().replaceAll('\0', '\ufffd'));
}

/** @returns the mapped columns that the feed has. */
export function listMapped(columns: ReadonlySet<string>): readonly string[] {
  return FEED_COLUMNS.map(([name]) => name).filter((name) => columns.has(name));
}

/** @returns the mapped columns that the feed lacks; none if no record could be read. */
export function listMissing(columns: ReadonlySet<string>): readonly string[] {
  if (columns.size === 0) return [];
  return FEED_COLUMNS.map(([name]) => name).filter((name) => !columns.has(name));
}

/** Ends the sentence about missing columns with the unmapped ones, which may be their new names. */
export function describeUnmapped(columns: ReadonlySet<string>): string {
  const unmapped = listUnmapped(columns).join(', ');
  return unmapped === '' ? '' : `; unmapped columns: ${unmapped}`;
}
