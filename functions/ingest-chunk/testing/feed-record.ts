import fc from 'fast-check';
import { type FeedRecord, permitRecord } from '../../shared/testing/permit-record.ts';

/**
 * Creates records of about `keys` permits, few enough for duplicates and changes to be common, with
 * different spellings of equal values and with bad values.
 */
export function createFeedRecord(keys: number): fc.Arbitrary<FeedRecord> {
  return fc
    .record({
      PERMIT_NUM: fc.constantFrom('1 ', null, ...Array.from({ length: keys }, (_, n) => String(n))),
      PERMIT_TYPE: fc.constantFrom('New Houses', 'Conditional Permit'),
      STATUS: fc.constantFrom('Inspection', ' Inspection ', 'Open', ' ', 'NUL \u0000 byte'),
      APPLICATION_DATE: fc.constantFrom('2026-01-05', '2026/01/06', null),
      ISSUED_DATE: fc.constantFrom('2026-02-10', null, '2026-02-30'),
      EST_CONST_COST: fc.constantFrom('1,000.', '1000', '*** NOT USED ***', '97,3000', null),
      NEW_COLUMN: fc.constantFrom(undefined, null, 'a', 5, '5'),
    })
    .map((fields) => permitRecord(1, fields));
}

/**
 * Creates feeds of successive days over about `keys` permits. Most records of a day were in the
 * feed of the day before with the same bytes, except for their `_id`, in any order.
 */
export function createFeeds(
  keys: number,
  days: { readonly minLength: number; readonly maxLength: number },
  records: { readonly minLength?: number; readonly maxLength: number },
): fc.Arbitrary<readonly (readonly FeedRecord[])[]> {
  const feedRecord = createFeedRecord(keys);
  return fc.array(feedRecord, { minLength: 1, maxLength: 2 * keys }).chain((often) => {
    const record = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...often) }, feedRecord);
    const numbered = fc
      .tuple(record, fc.nat())
      .map(([fields, _id]): FeedRecord => ({ ...fields, _id }));
    return fc.array(fc.array(numbered, { size: 'max', ...records }), { size: 'max', ...days });
  });
}
