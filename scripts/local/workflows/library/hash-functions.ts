import { createHash, createHmac } from 'node:crypto';
import { createError } from '../errors/workflow-error.ts';
import { expectBytes, expectString } from './expect-argument.ts';
import { defineFunction } from './library-function.ts';

const ALGORITHMS: ReadonlyMap<string, string> = new Map([
  ['MD5', 'md5'],
  ['SHA1', 'sha1'],
  ['SHA224', 'sha224'],
  ['SHA256', 'sha256'],
  ['SHA384', 'sha384'],
  ['SHA512', 'sha512'],
]);

export const hashFunctions = [
  defineFunction('hash.compute_checksum(data, algorithm)', ([data, algorithm]) =>
    digest(
      createHash(readAlgorithm(expectString(algorithm, 'algorithm'))),
      expectBytes(data, 'data'),
    ),
  ),
  defineFunction('hash.compute_hmac(key, data, algorithm)', ([key, data, algorithm]) =>
    digest(
      createHmac(readAlgorithm(expectString(algorithm, 'algorithm')), expectBytes(key, 'key')),
      expectBytes(data, 'data'),
    ),
  ),
];

interface Digester {
  update(data: Uint8Array): { digest(): Buffer };
}

function digest(digester: Digester, data: Uint8Array): Uint8Array {
  return new Uint8Array(digester.update(data).digest());
}

function readAlgorithm(name: string): string {
  const algorithm = ALGORITHMS.get(name);
  if (algorithm !== undefined) return algorithm;
  throw createError(
    'ValueError',
    `unknown algorithm '${name}'; known: ${[...ALGORITHMS.keys()].join(', ')}`,
  );
}
