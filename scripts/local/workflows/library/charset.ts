import { TextDecoder } from 'node:util';
import { createError } from '../errors/workflow-error.ts';

// TextDecoder reads these two as windows-1252, which is not what their IANA names mean.
const LARGEST_CODE: ReadonlyMap<string, number> = new Map([
  ['us-ascii', 0x7f],
  ['iso-8859-1', 0xff],
]);
const UTF_8: ReadonlySet<string> = new Set(['utf-8', 'utf8']);
const ONE_BYTE = /^(iso-8859-\d+|windows-125\d|koi8-[ru]|us-ascii)$/;

/**
 * Encodes text in a character set, given by its IANA name in any case.
 *
 * @throws WorkflowError tagged ValueError
 */
export function encodeText(text: string, charset: string): Uint8Array {
  const name = charset.toLowerCase();
  if (UTF_8.has(name)) return new TextEncoder().encode(text);
  const codes = listCodes(name, charset);
  return Uint8Array.from([...text], (character) => {
    const code = codes.get(character);
    if (code !== undefined) return code;
    throw createError('ValueError', `'${character}' is not in charset ${charset}`);
  });
}

/**
 * Decodes bytes in a character set.
 *
 * @throws WorkflowError tagged ValueError
 */
export function decodeText(bytes: Uint8Array, charset: string): string {
  const name = charset.toLowerCase();
  const largest = LARGEST_CODE.get(name);
  if (largest === undefined) return decodeWith(createDecoder(name, charset), bytes, charset);
  if (bytes.some((code) => code > largest)) throw notText(charset);
  return Buffer.from(bytes).toString('latin1');
}

// Only single-byte sets and UTF-8 can be encoded; the others can only be decoded.
function listCodes(name: string, charset: string): ReadonlyMap<string, number> {
  if (!ONE_BYTE.test(name)) throw unsupported(charset);
  const largest = LARGEST_CODE.get(name);
  const decoder = largest === undefined ? createDecoder(name, charset) : undefined;
  const codes = new Map<string, number>();
  for (let code = 0; code <= (largest ?? 0xff); code += 1) {
    const bytes = Uint8Array.of(code);
    const text = decoder === undefined ? String.fromCharCode(code) : tryDecode(decoder, bytes);
    if (text !== undefined) codes.set(text, code);
  }
  return codes;
}

function createDecoder(name: string, charset: string): TextDecoder {
  try {
    return new TextDecoder(name, { fatal: true });
  } catch {
    throw unsupported(charset);
  }
}

function tryDecode(decoder: TextDecoder, bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function decodeWith(decoder: TextDecoder, bytes: Uint8Array, charset: string): string {
  const text = tryDecode(decoder, bytes);
  if (text === undefined) throw notText(charset);
  return text;
}

function unsupported(charset: string) {
  return createError('ValueError', `charset '${charset}' is not supported`);
}
function notText(charset: string) {
  return createError('ValueError', `data is not ${charset} text`);
}
