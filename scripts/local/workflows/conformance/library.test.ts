import { describe, expect, test } from 'vitest';
import { createVirtualClock } from '../clock/virtual-clock.ts';
import { standardLibrary } from '../library/standard-library.ts';
import { libraryErrors, libraryResults, libraryVariables } from './testing/library-rows.ts';
import { returnExpression, runSnippet } from './testing/run-snippet.ts';

function run(expression: string) {
  return runSnippet(returnExpression(expression, libraryVariables), {
    clock: createVirtualClock({ startsAt: 1_700_000_000.5 }),
    envVars: { OWN: 'mine' },
  });
}

describe('the standard library gives', () => {
  test.each(libraryResults)('%s → %s', async (expression, result) => {
    expect(await run(expression)).toMatchObject({ result });
  });
});

describe('the standard library raises', () => {
  test.each(libraryErrors)('%s → %s', async (expression, tag) => {
    expect((await run(expression)).error).toMatchObject({ tags: [tag] });
  });
});

test('every function of the official list exists', () => {
  const official = [
    'base64.decode base64.encode default double get_type hash.compute_checksum hash.compute_hmac',
    'http.default_retry_predicate http.default_retry_predicate_non_idempotent http.delete http.get',
    'http.patch http.post http.put http.request if int json.decode json.encode',
    'json.encode_to_string keys len list.concat list.prepend map.delete map.get map.merge',
    'map.merge_nested math.abs math.floor math.max math.min retry.always retry.never string',
    'sys.get_env sys.log sys.now sys.sleep sys.sleep_until text.decode text.encode text.find_all',
    'text.find_all_regex text.match_regex text.replace_all text.replace_all_regex text.split',
    'text.substring text.to_lower text.to_upper text.url_decode text.url_encode',
    'text.url_encode_plus time.format time.parse uuid.generate',
  ].flatMap((line) => line.split(' '));
  expect(official.filter((name) => !standardLibrary.has(name))).toEqual([]);
});
