import { listFields } from './datastore-fields.ts';
import { readRecords } from './read-records.ts';

const BYTE_ORDER_MARK = '\ufeff';

/**
 * Dumps the datastore as JSON: the fields, then every record as a list in their order. It is UTF-8,
 * unlike the download, and may start with a byte order mark.
 */
export async function* dumpDatastore(
  source: AsyncIterable<Buffer>,
  hasByteOrderMark: boolean,
): AsyncGenerator<string> {
  if (hasByteOrderMark) yield BYTE_ORDER_MARK;
  let columns: readonly string[] | undefined;
  let separator = '\n    ';
  for await (const records of readRecords(source)) {
    if (columns === undefined && records.length > 0) {
      const fields = listFields(records[0]);
      columns = fields.map(({ id }) => id);
      yield openDump(fields);
    }
    let text = '';
    for (const record of records) {
      text += separator + toList(record, columns ?? []);
      separator = ',\n    ';
    }
    if (text !== '') yield text;
  }
  if (columns === undefined) yield openDump(listFields(undefined));
  yield '\n  ]\n}\n';
}

function openDump(fields: ReturnType<typeof listFields>): string {
  return `{\n  "fields": ${JSON.stringify(fields)},\n  "records": [`;
}

function toList(record: Buffer, columns: readonly string[]): string {
  const values: Readonly<Record<string, unknown>> = JSON.parse(record.toString());
  return JSON.stringify(columns.map((column) => values[column] ?? null));
}
