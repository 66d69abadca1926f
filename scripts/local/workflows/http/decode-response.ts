import { createError } from '../errors/workflow-error.ts';
import { parseJson } from '../values/parse-json.ts';
import type { Value } from '../values/value.ts';

/**
 * Decodes a response's body: JSON to a value, other text to a string, an empty body to an empty
 * string.
 *
 * @throws WorkflowError tagged ResponseTypeError if the body is not the JSON that its type claims.
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

// UNCONFIRMED: invalid UTF-8 is returned as bytes, so nothing is lost.
function readText(bytes: Uint8Array, mediaType: string): Value {
  if (mediaType === 'application/octet-stream') return bytes;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return bytes;
  }
}
