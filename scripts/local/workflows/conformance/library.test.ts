import { describe, expect, test } from 'vitest';
import { createVirtualClock } from '../clock/virtual-clock.ts';
import { standardLibrary } from '../library/standard-library.ts';
import { returnExpression, runSnippet } from './run-snippet.ts';

const VARIABLES = ['l: [1, 2]', 'm: {a: 1, n: {x: 1, y: 2}}', 'o: {b: 2, n: {y: 3}}', 'e: []'];

const run = (expression: string) =>
  runSnippet(returnExpression(expression, VARIABLES), {
    clock: createVirtualClock({ startsAt: 1_700_000_000.5 }),
    envVars: { OWN: 'mine' },
  });

describe('the standard library gives', () => {
  test.each([
    ['base64.encode(text.encode("hi?>"))', '"aGk/Pg=="'],
    ['base64.encode(text.encode("hi?>"), false)', '"aGk/Pg"'],
    ['text.decode(base64.decode("aGk/Pg=="))', '"hi?>"'],
    ['text.decode(base64.decode("aGk/Pg", false))', '"hi?>"'],
    [
      'base64.encode(hash.compute_checksum(text.encode(""), "SHA256"))',
      '"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="',
    ],
    [
      // RFC 2202, test case 2 for HMAC-SHA-1.
      'base64.encode(hash.compute_hmac(text.encode("Jefe"), text.encode("what do ya want for nothing?"), "SHA1"))',
      '"7/zfauXrL6LSdBbV8YTfnCWafHk="',
    ],
    ['json.decode("[1, 2.0, {\\"a\\": null}]")', '[1,2.0,{"a":null}]'],
    ['json.decode(text.encode("true"))', 'true'],
    ['json.encode_to_string(m)', '"{\\"a\\":1,\\"n\\":{\\"x\\":1,\\"y\\":2}}"'],
    ['json.encode_to_string(l, true)', '"[\\n  1,\\n  2\\n]"'],
    ['text.decode(json.encode(l))', '"[1,2]"'],
    ['list.concat(l, [3])', '[1,2,[3]]'],
    ['list.prepend(l, 0)', '[0,1,2]'],
    ['map.delete(m, "n")', '{"a":1}'],
    ['map.get(m, "a")', '1'],
    ['map.get(m, ["n", "y"])', '2'],
    ['map.get(m, "z")', 'null'],
    ['map.get(m, ["a", "y"])', 'null'],
    ['map.get(null, "y")', 'null'],
    ['map.merge(m, o)', '{"a":1,"n":{"y":3},"b":2}'],
    ['map.merge_nested(m, o)', '{"a":1,"n":{"x":1,"y":3},"b":2}'],
    ['math.abs(-3)', '3'],
    ['math.abs(-2.5)', '2.5'],
    ['math.floor(-2.5)', '-3'],
    ['math.max(1, 2.5)', '2.5'],
    ['math.min(1, 2.5)', '1'],
    ['sys.get_env("OWN")', '"mine"'],
    ['sys.get_env("NONE", "other")', '"other"'],
    ['sys.get_env("GOOGLE_CLOUD_PROJECT_ID")', '"demo"'],
    ['sys.get_env("GOOGLE_CLOUD_PROJECT_NUMBER")', '"123456789012"'],
    ['sys.get_env("GOOGLE_CLOUD_LOCATION")', '"us-central1"'],
    ['sys.get_env("GOOGLE_CLOUD_WORKFLOW_ID")', '"snippet"'],
    ['sys.get_env("GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID")', '"00000000-0000-4000-8000-000000000001"'],
    [
      'text.match_regex(sys.get_env("GOOGLE_CLOUD_WORKFLOW_REVISION_ID"), "^000001-[0-9a-f]{3}$")',
      'true',
    ],
    ['"@" in [sys.get_env("GOOGLE_CLOUD_SERVICE_ACCOUNT_NAME")]', 'false'],
    ['sys.now()', '1700000000.5'],
    ['text.find_all("abcabc", "bc")', '[1,4]'],
    [
      'text.find_all_regex("a1bb22", "[0-9]+")',
      '[{"index":1,"match":"1"},{"index":4,"match":"22"}]',
    ],
    ['text.match_regex("xaby", "a(b|c)")', 'true'],
    ['text.match_regex("xy", "^y")', 'false'],
    ['text.replace_all("a.b.c", ".", "-")', '"a-b-c"'],
    ['text.replace_all_regex("a1b22", "[0-9]+", "#")', '"a#b#"'],
    ['text.replace_all_regex("ab", "(a)(b)", "$2\\\\1")', '"$2\\\\1"'],
    ['text.split("a,b,", ",")', '["a","b",""]'],
    ['text.substring("héllo", 1, 3)', '"él"'],
    ['text.to_lower("ÀB")', '"àb"'],
    ['text.to_upper("àb")', '"ÀB"'],
    ['text.url_encode("a b/ü&(x)")', '"a%20b%2F%C3%BC%26%28x%29"'],
    ['text.url_encode_plus("a b")', '"a+b"'],
    ['text.url_decode("a+b%2F")', '"a b/"'],
    ['time.format(1700000000)', '"2023-11-14T22:13:20Z"'],
    ['time.format(1700000000.25, "America/Toronto")', '"2023-11-14T17:13:20.250000-05:00"'],
    ['time.parse("2023-11-14T22:13:20Z")', '1700000000.0'],
    ['time.parse("2023-11-14T17:13:20.5-05:00")', '1700000000.5'],
    ['uuid.generate()', '"00000000-0000-4000-8000-000000000001"'],
    ['retry.default_backoff', '{"initial_delay":1,"max_delay":60,"multiplier":1.25}'],
  ])('%s → %s', async (expression, result) => {
    expect(await run(expression)).toMatchObject({ result });
  });
});

describe('the standard library raises', () => {
  test.each([
    ['base64.decode("***")', 'ValueError'],
    ['base64.decode("aGk", true)', 'ValueError'],
    ['base64.encode("text")', 'TypeError'],
    ['hash.compute_checksum(text.encode(""), "CRC")', 'ValueError'],
    ['json.decode("{")', 'ValueError'],
    ['json.decode(5)', 'TypeError'],
    ['json.encode(text.encode("x"))', 'TypeError'],
    ['list.concat(m, 1)', 'TypeError'],
    ['map.delete(l, "a")', 'TypeError'],
    ['map.get(m, 1)', 'TypeError'],
    ['map.merge_nested(m, l)', 'TypeError'],
    ['math.abs("x")', 'TypeError'],
    ['sys.get_env("NONE")', 'KeyError'],
    ['text.decode(base64.decode("/w=="))', 'ValueError'],
    ['text.replace_all_regex("a", "(", "b")', 'ValueError'],
    ['text.replace_all_regex(5, "a", "b")', 'TypeError'],
    ['text.match_regex("a", "(?=a)")', 'ValueError'],
    ['text.match_regex("aa", "(a)\\\\1")', 'ValueError'],
    ['text.substring("abc", 2, 5)', 'IndexError'],
    ['text.url_decode("%zz")', 'ValueError'],
    ['time.format(1, "Nowhere/Land")', 'ValueError'],
    ['time.parse("yesterday")', 'ValueError'],
  ])('%s → %s', async (expression, tag) => {
    expect((await run(expression)).error).toMatchObject({ tags: [tag] });
  });
});

test('every function of the official list is there', () => {
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
