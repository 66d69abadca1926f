import { AREA_COLUMNS, COLUMNS } from '../../generate-feed/feed-columns.ts';

export interface DatastoreField {
  readonly id: string;
  readonly type: string;
}

const TYPES: ReadonlyMap<string, string> = new Map([
  ['_id', 'int'],
  ...['APPLICATION_DATE', 'ISSUED_DATE', 'COMPLETED_DATE'].map((id) => [id, 'date'] as const),
  ...AREA_COLUMNS.map((id) => [id, 'float8'] as const),
]);

/** Lists the table's columns: those of its first record, or the usual ones if it is empty. */
export function listFields(firstRecord: Buffer | undefined): readonly DatastoreField[] {
  const columns =
    firstRecord === undefined ? COLUMNS : Object.keys(JSON.parse(firstRecord.toString()));
  return columns.map((id) => ({ id, type: TYPES.get(id) ?? 'text' }));
}
