import { type DatastoreField, listFields } from './datastore-fields.ts';
import { readRecords } from './read-records.ts';

export interface Page {
  readonly resourceId: string;
  readonly limit: number;
  readonly offset: number;
}

/**
 * Streams the answer of datastore_search, with each record's own bytes. `total` comes last because
 * it is known only once the feed has been read to its end.
 */
export async function* searchDatastore(
  source: AsyncIterable<Buffer>,
  page: Page,
  help: string,
): AsyncGenerator<Buffer | string> {
  const { resourceId, limit, offset } = page;
  const opening = { include_total: true, limit, offset, records_format: 'objects' };
  yield `{"help": ${JSON.stringify(help)}, "success": true, "result": `;
  yield `${JSON.stringify({ ...opening, resource_id: resourceId }).slice(0, -1)}, "records": [`;

  let total = 0;
  let fields: readonly DatastoreField[] | undefined;
  for await (const records of readRecords(source)) {
    fields ??= records[0] && listFields(records[0]);
    const from = Math.max(0, offset - total);
    const wanted = records.slice(from, Math.max(from, offset + limit - total));
    const isFirst = total + from === offset;
    if (wanted.length > 0) yield joinRecords(wanted, isFirst);
    total += records.length;
  }
  const links = { start: linkTo(page, 0), next: linkTo(page, offset + limit) };
  const closing = { fields: fields ?? listFields(undefined), _links: links, total };
  yield `], ${JSON.stringify(closing).slice(1)}}`;
}

function joinRecords(records: readonly Buffer[], isFirst: boolean): Buffer {
  const separator = Buffer.from(', ');
  const parts = records.flatMap((record) => [separator, record]);
  return Buffer.concat(isFirst ? parts.slice(1) : parts);
}

function linkTo({ resourceId, limit }: Page, offset: number): string {
  const query = new URLSearchParams({ resource_id: resourceId, limit: `${limit}` });
  if (offset > 0) query.set('offset', String(offset));
  return `/api/3/action/datastore_search?${query}`;
}
