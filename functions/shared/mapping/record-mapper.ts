import { isUtf8 } from 'node:buffer';
import { createFastMapper } from './fast/fast-mapper.ts';
import { mapRecord, type UnmappedRecord } from './map-record.ts';

/** Maps the bytes of one record at a time to its row of `permits`. */
export interface RecordMapper {
  /**
   * Maps a record.
   *
   * @returns its row, which the next call may overwrite: the values of FEED_COLUMNS in their order
   * and `extra` in COPY's text format, separated by tabs; the reason why it has no row; or null when
   * another mapper has to take it.
   */
  map(record: Buffer): Buffer | UnmappedRecord | null;
}

/** Takes every record, by parsing it. */
export const plainMapper: RecordMapper = {
  map(record) {
    const parsed = parseRecord(record);
    const mapped = 'reason' in parsed ? parsed : mapRecord(parsed.value);
    return 'reason' in mapped ? mapped : Buffer.from(mapped.row);
  },
};

/** Takes every record: the usual ones fast, the others plainly. Both give the same rows. */
export function createRecordMapper() {
  const fastMapper = createFastMapper();
  return {
    map: (record: Buffer) =>
      fastMapper.map(record) ?? (plainMapper.map(record) as Buffer | UnmappedRecord),
  };
}

/** Decoding bytes that are not UTF-8 would store U+FFFD in their place. */
function parseRecord(bytes: Buffer): { readonly value: unknown } | UnmappedRecord {
  if (!isUtf8(bytes)) return { reason: 'not valid UTF-8' };
  try {
    return { value: JSON.parse(bytes.toString()) };
  } catch {
    return { reason: 'not valid JSON' };
  }
}
