import { isUtf8 } from 'node:buffer';
import { createFastMapper } from './fast/fast-mapper.ts';
import { mapRecord, type UnmappedRecord } from './map-record.ts';

/** Maps the bytes of one record at a time to its row of `permits`. */
export interface RecordMapper {
  /**
   * Maps a record.
   *
   * @returns its row, which the next call may overwrite: the values of FEED_COLUMNS in their order
   * and `extra` in COPY's text format, separated by tabs; the reason why it has no row; or null if
   * another mapper must take it.
   */
  map(record: Buffer): Buffer | UnmappedRecord | null;
}

/** Maps every record by parsing it. */
export const plainMapper: RecordMapper = {
  map(record) {
    const parsed = parseRecord(record);
    const mapped = 'reason' in parsed ? parsed : mapRecord(parsed.value);
    return 'reason' in mapped ? mapped : Buffer.from(mapped.row);
  },
};

/**
 * Creates a mapper of every record: usual ones take the fast mapper, others the plain one. Both
 * give the same rows.
 */
export function createRecordMapper() {
  const fastMapper = createFastMapper();
  return {
    map: (record: Buffer) =>
      fastMapper.map(record) ?? (plainMapper.map(record) as Buffer | UnmappedRecord),
  };
}

/** Parses a record; refuses invalid UTF-8, which would be decoded to U+FFFD. */
function parseRecord(bytes: Buffer): { readonly value: unknown } | UnmappedRecord {
  if (!isUtf8(bytes)) return { reason: 'not valid UTF-8' };
  try {
    return { value: JSON.parse(bytes.toString()) };
  } catch {
    return { reason: 'not valid JSON' };
  }
}
