import type { LookupAddress } from 'node:dns';
import { describe, expect, test } from 'vitest';
import { createPublicLookup, isPublicAddress } from './public-lookup.ts';

describe('isPublicAddress', () => {
  test.each([
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.1',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '239.255.255.255',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:10.0.0.1',
    '::ffff:a9fe:a9fe',
    '::127.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '2002:7f00:1::',
    'fc00::1',
    'fd20:ce::254',
    'fe80::1',
    'fe80::1%eth0',
    'ff02::1',
  ])('is false for %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test.each([
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '126.255.255.255',
    '169.253.255.255',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '223.255.255.255',
    '::ffff:1.1.1.1',
    '2606:4700::1111',
  ])('is true for %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe('createPublicLookup', () => {
  /** Looks up a name that has the given addresses. */
  const look = (addresses: readonly string[], all: boolean) => {
    const found = addresses.map(
      (address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 }),
    );
    const lookup = createPublicLookup((_, options, callback) => {
      expect(options.all).toBe(true);
      callback(null, found);
    });
    return new Promise((resolve, reject) => {
      lookup('feeds.example', { all }, (error, address) =>
        error ? reject(error) : resolve(address),
      );
    });
  };

  test('gives one address or all of them, as the socket asks', async () => {
    expect(await look(['1.1.1.1', '2606:4700::1111'], false)).toBe('1.1.1.1');
    expect(await look(['1.1.1.1', '2606:4700::1111'], true)).toEqual([
      { address: '1.1.1.1', family: 4 },
      { address: '2606:4700::1111', family: 6 },
    ]);
  });

  test.each([true, false])('fails if any of the addresses is not public (all: %s)', async (all) => {
    await expect(look(['1.1.1.1', '10.0.0.1'], all)).rejects.toThrow(
      'feeds.example resolves to 10.0.0.1, which is not a public address',
    );
  });

  test('fails for a name without an address', async () => {
    await expect(look([], true)).rejects.toThrow('feeds.example has no address');
  });

  test('passes on an error of DNS', async () => {
    const failing = createPublicLookup((_, __, callback) => callback(new Error('ENOTFOUND'), []));
    const error = await new Promise((resolve) => failing('x.example', {}, resolve));
    expect(error).toMatchObject({ message: 'ENOTFOUND' });
  });
});
