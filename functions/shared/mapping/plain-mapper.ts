import { isUtf8 } from 'node:buffer';
import { mapRecord, type UnmappedRecord } from './map-record.ts';

/** Maps every record by parsing it; it leaves none to another mapper. */
export const plainMapper = {
  map(record: Buffer): Buffer | UnmappedRecord {
    const parsed = parseRecord(record);
    const mapped = 'reason' in parsed ? parsed : mapRecord(parsed.value);
    return 'reason' in mapped ? mapped : Buffer.from(mapped.row);
  },
};

/** Parses a record; refuses invalid UTF-8, which would be decoded to U+FFFD. */
function parseRecord(bytes: Buffer): { readonly value: unknown } | UnmappedRecord {
  if (!isUtf8(bytes)) return { reason: 'not valid UTF-8' };
  try {
    return { value: JSON.parse(bytes.toString()) };
  } catch {
    return { reason: 'not valid JSON' };
  }
}
