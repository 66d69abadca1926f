/** Records to merge, as rows of the temporary table `incoming`. */
export interface IncomingRecords {
  readonly records: number;
  /** In COPY's text format, where a newline only ever ends a row. */
  readonly rows: Buffer;
}

const TAB = 0x09;
const NEWLINE = 0x0a;

/** Splits records into the first `count` and the others. */
export function splitRecords(
  { records, rows }: IncomingRecords,
  count: number,
): [first: IncomingRecords, others: IncomingRecords] {
  const first = Math.min(count, records);
  let end = 0;
  for (let row = 0; row < first; row += 1) end = rows.indexOf(NEWLINE, end) + 1;
  return [
    { records: first, rows: rows.subarray(0, end) },
    { records: records - first, rows: rows.subarray(end) },
  ];
}

/** @returns the position of the first record, which is the first field of its row. */
export function firstPosition({ rows }: IncomingRecords): number {
  return Number(rows.toString('latin1', 0, rows.indexOf(TAB)));
}
