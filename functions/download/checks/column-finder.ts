import { FEED_COLUMNS } from '../../shared/mapping/columns.ts';

const COLON = 0x3a;
const SPACES: ReadonlySet<number | undefined> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** More than a quoted name, a space and a colon. */
const OVERLAP_BYTES = 64;

export interface ColumnFinder {
  /** Takes the next bytes of the feed's array. */
  write(bytes: Buffer): void;
  /** @returns the mapped columns that any record has had so far. */
  columns(): readonly string[];
}

/**
 * Finds the mapped columns in the bytes of a feed, without parsing it. Each name is searched for
 * until it is found, so a feed whose first record has all of them costs nothing more.
 */
export function createColumnFinder(): ColumnFinder {
  const columns: string[] = [];
  let missing = FEED_COLUMNS.map(([name]) => ({ name, quoted: Buffer.from(`"${name}"`) }));
  let before = Buffer.alloc(0);
  return {
    write(bytes) {
      if (missing.length === 0) return;
      const text = Buffer.concat([before, bytes]);
      missing = missing.filter(({ name, quoted }) => {
        const isFound = hasName(text, quoted);
        if (isFound) columns.push(name);
        return !isFound;
      });
      before = Buffer.from(text.subarray(-OVERLAP_BYTES));
    },
    columns: () => columns,
  };
}

/** @returns whether a name, not a value, is in the text: inside a string its quotes are escaped. */
function hasName(text: Buffer, quoted: Buffer): boolean {
  for (let at = text.indexOf(quoted); at >= 0; at = text.indexOf(quoted, at + 1)) {
    let next = at + quoted.length;
    while (SPACES.has(text[next])) next += 1;
    if (text[next] === COLON) return true;
  }
  return false;
}
