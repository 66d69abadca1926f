import { createError } from '../errors/workflow-error.ts';
import { parseJson } from '../values/parse-json.ts';
import { isBytes, isMap, type Value } from '../values/value.ts';
import { type JsonLayout, writeJson } from '../values/write-json.ts';
import { expectString } from './expect-argument.ts';
import { defineFunction } from './library-function.ts';

const DEFAULT_INDENT = '    ';

export const jsonFunctions = [
  defineFunction('json.decode(data)', ([data]) => decode(data)),
  defineFunction('json.encode(data, indent?)', ([data = null, indent]) =>
    new TextEncoder().encode(encode(data, indent)),
  ),
  defineFunction('json.encode_to_string(data, indent?)', ([data = null, indent]) =>
    encode(data, indent),
  ),
];

function decode(data: Value | undefined): Value {
  const text = isBytes(data) ? new TextDecoder().decode(data) : expectString(data, 'data');
  try {
    return parseJson(text);
  } catch (error) {
    throw createError('ValueError', `data is not valid JSON: ${describe(error)}`);
  }
}

function encode(data: Value, indent: Value | undefined): string {
  try {
    return writeJson(data, readLayout(indent));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw createError('ValueError', error.message);
  }
}

function readLayout(indent: Value | undefined): JsonLayout | undefined {
  if (indent === undefined || indent === null || indent === false) return undefined;
  if (indent === true) return { prefix: '', indent: DEFAULT_INDENT };
  if (!isMap(indent)) throw createError('TypeError', 'indent must be a boolean or a map');
  return {
    prefix: expectString(indent.get('prefix') ?? '', 'indent.prefix'),
    indent: expectString(indent.get('indent') ?? DEFAULT_INDENT, 'indent.indent'),
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
