import { createError } from '../errors/workflow-error.ts';
import { getTypeName, isBytes, isMap, type Value } from '../values/value.ts';
import { writeJson } from '../values/write-json.ts';

export interface EncodedBody {
  readonly contentType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Encodes a request's body by the documented rules: by its Content-Type, or, without one, bytes
 * unchanged and anything else as JSON.
 *
 * @throws WorkflowError tagged TypeError or ValueError
 */
export function encodeBody(body: Value, contentType: string | undefined): EncodedBody {
  if (contentType === undefined) {
    return isBytes(body)
      ? { contentType: 'application/octet-stream', bytes: new Uint8Array(body) }
      : { contentType: 'application/json; charset=utf-8', bytes: encodeJson(body) };
  }
  const mediaType = (contentType.split(';')[0] ?? '').trim().toLowerCase();
  if (/^application\/(.+\+)?json$/.test(mediaType)) {
    if (!isMap(body)) throw wrongType('a map', contentType, body);
    return { contentType, bytes: encodeJson(body) };
  }
  if (mediaType === 'application/x-www-form-urlencoded' || mediaType.startsWith('text/')) {
    if (typeof body !== 'string') throw wrongType('a string', contentType, body);
    const text = mediaType.startsWith('text/') ? body : encodeForm(body);
    return { contentType, bytes: encodeText(text) };
  }
  // The documentation names no other type; bytes with a type of their own cannot be misread.
  if (isBytes(body)) return { contentType, bytes: new Uint8Array(body) };
  throw createError('ValueError', `a body of Content-Type ${contentType} is not supported`);
}

// By the documentation, the workflow gives the form unencoded and the service encodes it.
function encodeForm(text: string): string {
  return text
    .split('&')
    .map((pair) => {
      const [name = '', ...rest] = pair.split('=');
      return rest.length === 0
        ? encodeURIComponent(name)
        : `${encodeURIComponent(name)}=${encodeURIComponent(rest.join('='))}`;
    })
    .join('&');
}

function encodeJson(body: Value): Uint8Array<ArrayBuffer> {
  try {
    return encodeText(writeJson(body));
  } catch (error) {
    throw createError(
      'TypeError',
      error instanceof Error ? error.message : 'body has no JSON form',
    );
  }
}

function encodeText(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function wrongType(expected: string, contentType: string, body: Value) {
  return createError(
    'TypeError',
    `a body of Content-Type ${contentType} must be ${expected}, not ${getTypeName(body)}`,
  );
}
