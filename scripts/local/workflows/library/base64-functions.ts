import { createError } from '../errors/workflow-error.ts';
import { expectBoolean, expectBytes, expectString } from './expect-argument.ts';
import { defineFunction } from './library-function.ts';

export const base64Functions = [
  defineFunction('base64.decode(data, padding?)', ([data, padding = true]) =>
    decode(expectString(data, 'data'), expectBoolean(padding, 'padding')),
  ),
  defineFunction('base64.encode(data, padding?)', ([data, padding = true]) => {
    const text = Buffer.from(expectBytes(data, 'data')).toString('base64');
    return expectBoolean(padding, 'padding') ? text : text.replace(/=+$/, '');
  }),
];

function decode(text: string, padding: boolean): Uint8Array {
  const isWhole = padding ? text.length % 4 === 0 : text.length % 4 !== 1;
  const pattern = padding ? /^[A-Za-z0-9+/]*={0,2}$/ : /^[A-Za-z0-9+/]*$/;
  if (!isWhole || !pattern.test(text)) throw createError('ValueError', 'data is not valid base64');
  return new Uint8Array(Buffer.from(text, 'base64'));
}
