import { describe, expect, test } from 'vitest';
import { checkCaller } from './check-caller.ts';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const host = 'localhost:3000';

describe('checkCaller', () => {
  test.each([
    ['a program', { host }],
    ['a program on another port', { host: '127.0.0.1:8080' }],
    ['a program by IPv6', { host: '[::1]:8080' }],
    ['a program without a port', { host: 'LOCALHOST' }],
    ['a page of its own', { host, origin: 'http://localhost:3000' }],
    ['a page of its own', { host, 'sec-fetch-site': 'same-origin' }],
    ['a person', { host, 'sec-fetch-site': 'none' }],
  ])('lets %s through: %o', (_, headers) => {
    expect(checkCaller(headers, LOOPBACK)).toBeUndefined();
  });

  test.each([
    ['cross-site', { host, 'sec-fetch-site': 'cross-site' }],
    ['same-site', { host, 'sec-fetch-site': 'same-site', origin: 'http://localhost:3000' }],
    ['http://evil.example', { host, origin: 'http://evil.example' }],
    ['http://localhost:9999', { host, origin: 'http://localhost:9999' }],
    ['null', { host, origin: 'null' }],
    ['evil.example', { host: 'evil.example:3000' }],
    ['evil.example', { host: 'evil.example', 'sec-fetch-site': 'same-origin' }],
    ['localhost.evil.example', { host: 'localhost.evil.example' }],
    ['evil.example@localhost', { host: 'evil.example@localhost' }],
    ['""', {}],
  ])('refuses and names %s of %o', (value, headers) => {
    expect(checkCaller(headers, LOOPBACK)).toContain(value);
  });

  test('does not check Host if no hosts are listed', () => {
    expect(checkCaller({ host: 'api.example' }, [])).toBeUndefined();
    expect(checkCaller({ host: 'a.example', origin: 'https://a.example' }, [])).toBeUndefined();
    expect(checkCaller({ host: 'a.example', origin: 'https://b.example' }, [])).toBeDefined();
  });

  test('lets a page through whose proxy rewrites Host, as gcloud run services proxy does', () => {
    const headers = {
      host: 'sync-api.run.app',
      origin: 'http://localhost:8080',
      'sec-fetch-site': 'same-origin',
    };
    expect(checkCaller(headers, [])).toBeUndefined();
  });
});
