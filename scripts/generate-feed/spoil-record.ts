import type { BadRecord, FeedRecord } from './feed-columns.ts';

/** Spoils a record so it cannot be stored, in four ways by turns. */
export function spoilRecord(record: FeedRecord, index: number): BadRecord {
  switch (index % 4) {
    case 0: {
      const { PERMIT_NUM: _missing, ...rest } = record;
      return rest;
    }
    case 1:
      return { ...record, PERMIT_NUM: badNumber(index), APPLICATION_DATE: '2024-02-30' };
    case 2:
      return { ...record, PERMIT_NUM: badNumber(index), DESCRIPTION: { text: 'not text' } };
    default:
      return { ...record, PERMIT_NUM: badNumber(index), DESCRIPTION: 'a NUL \u0000 in a text' };
  }
}

/** A number that no good record has, so a bad record never replaces one. */
function badNumber(index: number): string {
  return `99 ${100_000 + index} BAD`;
}
