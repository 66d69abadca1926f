import { permanent, transient } from '../errors.ts';

/** A larger record becomes a reject and is never held in memory; the City's have about 1 KB. */
export const MAX_RECORD_BYTES = 1_048_576;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** No JSON value begins with a control character or outside ASCII; such text is UTF-16 or gzip. */
function canStartElement(byte: number): boolean {
  return (
    byte > 0x20 && byte < 0x7f && byte !== COMMA && byte !== CLOSE_BRACKET && byte !== CLOSE_BRACE
  );
}

/** What must come next outside the elements. */
type Expected = '"["' | 'an element or "]"' | 'an element' | '"," or "]"' | 'the end';

export interface RecordSplitter {
  /** Takes the next bytes of the document, cut anywhere. */
  write(bytes: Uint8Array): void;
  /**
   * @throws SyncError `feed_truncated` (transient) if the array is not closed; `feed_malformed`
   * (permanent) if the bytes are not one JSON array; the message names the byte.
   */
  end(): void;
}

/**
 * Finds where each element of a JSON array begins and ends, without parsing it: an element may turn
 * out to be invalid JSON.
 *
 * @param onRecord gets each element's range [start, end) in bytes from the document's first.
 */
export function createRecordSplitter(
  onRecord: (start: number, end: number) => void,
): RecordSplitter {
  let expected: Expected = '"["';
  /** 0 outside the array, 1 between its elements, 2 and more inside an object or array element. */
  let depth = 0;
  let inString = false;
  let inScalar = false;
  /** The previous byte is a backslash, in a string, that is not escaped itself. */
  let escaped = false;
  let recordStart = 0;
  let offset = 0;
  let failure: string | undefined;

  const endRecord = (end: number): void => {
    onRecord(recordStart, end);
    expected = '"," or "]"';
  };

  const startRecord = (byte: number, at: number): void => {
    recordStart = at;
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth = 2;
    else if (byte === QUOTE) inString = true;
    else inScalar = true;
  };

  /**
   * Continues to read an element that is an object, an array or a string. Nearly every byte of a
   * feed is read here. One loop inside strings and one outside, on local variables, take two thirds
   * of the time of a plain loop.
   *
   * @returns where it stopped: after the element, or at the end of the bytes.
   */
  const readElement = (bytes: Uint8Array, from: number): number => {
    const { length } = bytes;
    let index = from;
    let level = depth;
    let isOpen = inString;
    if (escaped) {
      escaped = false;
      index += 1;
    }
    while (index < length) {
      let byte = 0;
      if (isOpen) {
        do {
          byte = bytes[index] as number;
          index += 1;
        } while (byte !== QUOTE && byte !== BACKSLASH && index < length);
        if (byte === QUOTE) isOpen = false;
        else if (byte === BACKSLASH) {
          escaped = index === length;
          index += 1;
        }
      } else {
        do {
          byte = bytes[index] as number;
          index += 1;
        } while (byte !== QUOTE && byte < OPEN_BRACKET && index < length);
        if (byte === QUOTE) isOpen = true;
        else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) level += 1;
        else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) level -= 1;
      }
      if (level < 2 && !isOpen) {
        endRecord(offset + index);
        break;
      }
    }
    depth = level;
    inString = isOpen;
    return index;
  };

  const readBetweenRecords = (byte: number, at: number): void => {
    const mayEnd = expected === 'an element or "]"' || expected === '"," or "]"';
    const mayStart = expected === 'an element or "]"' || expected === 'an element';
    if (byte === OPEN_BRACKET && expected === '"["') {
      expected = 'an element or "]"';
      depth = 1;
    } else if (byte === CLOSE_BRACKET && mayEnd) {
      expected = 'the end';
      depth = 0;
    } else if (byte === COMMA && expected === '"," or "]"') {
      expected = 'an element';
    } else if (mayStart && canStartElement(byte)) {
      startRecord(byte, at);
    } else {
      const found = JSON.stringify(String.fromCharCode(byte));
      failure = `byte ${at} is ${found} where ${expected} was expected`;
    }
  };

  return {
    write(bytes) {
      let index = 0;
      while (index < bytes.length && failure === undefined) {
        if (depth > 1 || inString) {
          index = readElement(bytes, index);
          continue;
        }
        const byte = bytes[index] as number;
        if (inScalar && (isSpace(byte) || byte === COMMA || byte === CLOSE_BRACKET)) {
          inScalar = false;
          endRecord(offset + index);
        }
        if (!inScalar && !isSpace(byte)) readBetweenRecords(byte, offset + index);
        index += 1;
      }
      offset += bytes.length;
    },

    end() {
      if (failure !== undefined) {
        throw permanent('feed_malformed', `The feed is not one JSON array: ${failure}`);
      }
      if (expected === 'the end') return;
      throw transient('feed_truncated', `The feed ends at byte ${offset}, inside its array`, {
        hint: 'The City may still be writing the file; a later attempt reads it again',
      });
    },
  };
}
