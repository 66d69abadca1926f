import { createError } from '../errors/workflow-error.ts';
import { parseJson } from '../values/parse-json.ts';
import type { Value } from '../values/value.ts';

/**
 * A response's body as a value: JSON decoded, other text as a string, an empty one as an empty
 * string. Raises ResponseTypeError for a body that is not the JSON it says it is.
 */
export function decodeResponse(bytes: Uint8Array, contentType: string | undefined): Value {
  const mediaType = (contentType?.split(';')[0] ?? '').trim().toLowerCase();
  if (/^application\/(.+\+)?json$/.test(mediaType)) {
    if (bytes.byteLength === 0) return null;
    try {
      return parseJson(new TextDecoder().decode(bytes));
    } catch {
      throw createError('ResponseTypeError', `the response is ${mediaType} but not valid JSON`);
    }
  }
  return readText(bytes, mediaType);
}

// UNCONFIRMED: what is not valid UTF-8 arrives as bytes, so nothing is lost.
function readText(bytes: Uint8Array, mediaType: string): Value {
  if (mediaType === 'application/octet-stream') return bytes;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return bytes;
  }
}
