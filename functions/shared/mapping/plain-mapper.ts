import { isUtf8 } from 'node:buffer';
import { parseExactly } from './exact-number.ts';
import { mapRecord, type UnmappedRecord } from './map-record.ts';

/** Creates a mapper that parses every record, and leaves none to another mapper. */
export function createPlainMapper(dropped?: ReadonlySet<string>) {
  return {
    map(record: Buffer): Buffer | UnmappedRecord {
      const parsed = parseRecord(record);
      const mapped = 'reason' in parsed ? parsed : mapRecord(parsed.value, dropped);
      return 'reason' in mapped ? mapped : Buffer.from(mapped.row);
    },
  };
}

/** Parses a record; refuses invalid UTF-8, which would be decoded to U+FFFD. */
function parseRecord(bytes: Buffer): { readonly value: unknown } | UnmappedRecord {
  if (!isUtf8(bytes)) return { reason: 'not valid UTF-8' };
  try {
    return { value: parseExactly(bytes.toString()) };
  } catch (error) {
    return { reason: error instanceof RangeError ? 'nested too deeply' : 'not valid JSON' };
  }
}
