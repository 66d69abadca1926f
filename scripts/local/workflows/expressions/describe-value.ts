import { isBytes, type Value } from '../values/value.ts';
import { writeJson } from '../values/write-json.ts';

const LONGEST_DESCRIPTION = 200;

/** Describes a value in a message: JSON, shortened if long. Never throws. */
export function describeValue(value: Value): string {
  if (isBytes(value)) return `${value.byteLength} bytes`;
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  let text: string;
  try {
    text = writeJson(value);
  } catch {
    return 'a value that holds bytes';
  }
  return text.length <= LONGEST_DESCRIPTION ? text : `${text.slice(0, LONGEST_DESCRIPTION)}…`;
}
