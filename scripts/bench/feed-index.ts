import { hash } from 'node:crypto';

type Contents = Readonly<Record<string, unknown>>;

/** The counts that a sync of a feed must have, given the feed of the previous sync. */
export interface ExpectedCounts {
  readonly records_new: number;
  /** Least and most, because it depends on which record with a repeated key wins. */
  readonly records_updated: readonly [least: number, most: number];
  readonly records_superseded: number;
}

export interface FeedIndex {
  add(record: Contents): void;
  readonly records: number;
  /** Distinct keys, which is the number of permits after a sync into an empty table. */
  readonly permits: number;
  /** A fingerprint of a key's contents, without `_id`; undefined if the feed lacks the key. */
  find(key: string): string | undefined;
  /** @param before the feed of the previous sync; undefined for an empty database. */
  expect(before?: FeedIndex): ExpectedCounts;
}

function isShared(contents: string): boolean {
  return contents.includes('+');
}

/**
 * Collects the keys and contents of a feed's records as they are written, so a sync's counts can be
 * checked independently of the code that is timed.
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
      // Sorted, because the order in the file has no effect.
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
