import { hash } from 'node:crypto';

type Contents = Readonly<Record<string, unknown>>;

/** What a sync of a feed has to count, given the feed of the sync before. */
export interface ExpectedCounts {
  readonly records_new: number;
  /** Least and most: among records with the same key it depends on which of them wins. */
  readonly records_updated: readonly [least: number, most: number];
  readonly records_superseded: number;
}

export interface FeedIndex {
  add(record: Contents): void;
  readonly records: number;
  /** Distinct keys: as many permits as the feed leaves behind in an empty table. */
  readonly permits: number;
  /** The contents under a key, without `_id`; undefined when the feed does not have it. */
  find(key: string): string | undefined;
  /** @param before the feed of the sync before; none for an empty database. */
  expect(before?: FeedIndex): ExpectedCounts;
}

function isShared(contents: string): boolean {
  return contents.includes('+');
}

/**
 * Collects keys and contents of a feed's records as they are written, so that what a sync counts can
 * be checked without asking the code that is timed.
 */
export function createFeedIndex(): FeedIndex {
  const contentsByKey = new Map<string, string>();
  let records = 0;

  return {
    add({ _id, ...contents }) {
      const { PERMIT_NUM, REVISION_NUM, PERMIT_TYPE } = contents;
      const key = JSON.stringify([PERMIT_NUM, REVISION_NUM, PERMIT_TYPE]);
      const fingerprint = hash('md5', JSON.stringify(contents), 'hex');
      const others = contentsByKey.get(key);
      // Sorted: the order in the file decides nothing.
      const all = others === undefined ? [fingerprint] : [...others.split('+'), fingerprint];
      contentsByKey.set(key, all.sort().join('+'));
      records += 1;
    },
    get records() {
      return records;
    },
    get permits() {
      return contentsByKey.size;
    },
    find: (key) => contentsByKey.get(key),
    expect(before) {
      let records_new = 0;
      let changed = 0;
      let changedShared = 0;
      for (const [key, contents] of contentsByKey) {
        const earlier = before?.find(key);
        if (earlier === undefined) records_new += 1;
        else if (earlier !== contents && isShared(contents)) changedShared += 1;
        else if (earlier !== contents) changed += 1;
      }
      return {
        records_new,
        records_updated: [changed, changed + changedShared],
        records_superseded: records - contentsByKey.size,
      };
    },
  };
}
