import { hash } from 'node:crypto';
import { transient } from '../../shared/errors.ts';
import { readKey } from '../../shared/mapping/read-key.ts';

/** The City's feed repeats a key now and then: 24 times in 643,000 records of all years. */
const MAX_REPEATED = 10;

/** Bytes of a key's hash; a JavaScript number holds them exactly. */
const HASH_BYTES = 6;

interface PageCheck {
  /** Takes each record of a page. */
  record(record: unknown): void;
  /** Takes the total that the page names, if it does. */
  endPage(total: number | undefined): void;
}

/**
 * Creates a check that the pages of one datastore_search belong together: while the City reloads
 * the table, rows move from page to page, so some would be read twice and others never.
 *
 * @returns the check; it throws SyncError `feed_truncated` (transient) if the total changes between
 * two pages, or if more than ten keys are on more than one page.
 */
export function createPageCheck(source: string): PageCheck {
  /** The page on which each key was first seen, by the key's hash. */
  const pages = new Map<number, number>();
  let page = 1;
  let repeated = 0;
  let knownTotal: number | undefined;
  return {
    record(record) {
      const { permit_num, revision_num, permit_type } = readKey(record);
      if (permit_num === null || revision_num === null || permit_type === null) return;
      const key = JSON.stringify([permit_num, revision_num, permit_type]);
      const digest = hash('sha256', key, 'buffer').readUIntBE(0, HASH_BYTES);
      const seenOn = pages.get(digest) ?? page;
      pages.set(digest, seenOn);
      if (seenOn !== page) repeated += 1;
      if (repeated > MAX_REPEATED) {
        throw moved(
          source,
          `more than ${MAX_REPEATED} permits are on two pages, such as ${permit_num}`,
        );
      }
    },
    endPage(total) {
      if (total !== undefined && knownTotal !== undefined && total !== knownTotal) {
        throw moved(source, `its total was ${knownTotal} and is ${total} on page ${page}`);
      }
      knownTotal ??= total;
      page += 1;
    },
  };
}

function moved(source: string, what: string) {
  const message = `Rows of ${source} moved while it was read: ${what}`;
  const hint = 'The City may be loading the table; a later attempt reads it again';
  return transient('feed_truncated', message, { hint });
}
