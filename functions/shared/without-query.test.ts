import { expect, test } from 'vitest';
import { withoutQueries, withoutQuery } from './without-query.ts';

test.each([
  ['https://example.com/feed.json?token=secret', 'https://example.com/feed.json'],
  ['https://example.com/feed.json#secret', 'https://example.com/feed.json'],
  ['https://example.com?secret', 'https://example.com'],
  ['https://example.com/a b?to ken=secret', 'https://example.com/a b'],
  ['https://user:secret@example.com/feed.json', 'https://example.com/feed.json'],
  ['https://secret@example.com/a@b', 'https://example.com/a@b'],
  ['https:user:secret@example.com/feed.json', 'https:example.com/feed.json'],
  [' HTTP://example.com/?secret', ' HTTP://example.com/'],
  ['//example.com/x?secret', '//example.com/x'],
  ['ftp://user:secret@example.com/x?secret', 'ftp://example.com/x'],
  ['https://example.com:8443/feed.json', 'https://example.com:8443/feed.json'],
  ['gs://bucket/what?#1.json', 'gs://bucket/what?#1.json'],
  ['/data/what?#1@home.json', '/data/what?#1@home.json'],
])('withoutQuery(%j) is %j', (address, expected) => {
  expect(withoutQuery(address)).toBe(expected);
});

test.each([
  ['https://example.com/x?token=secret answered 500', 'https://example.com/x answered 500'],
  ['cannot reach https://a:secret@b.c/x?y: reset', 'cannot reach https://b.c/x: reset'],
  ['"https://a.b/?secret" and http://c.d#secret.', '"https://a.b/" and http://c.d.'],
  ['https://a.b/?x=1.5:secret', 'https://a.b/'],
  ['Is it there? No: gs://bucket/x?y', 'Is it there? No: gs://bucket/x?y'],
])('withoutQueries(%j) is %j', (text, expected) => {
  expect(withoutQueries(text)).toBe(expected);
});
