import { expect, test } from 'vitest';
import type { DeadLetter } from '../shared/dead-letter-queue.ts';
import { type ArgumentOptions, composeArgument } from './compose-argument.ts';

const letter: DeadLetter = {
  execution_id: 'one',
  run_id: 7,
  records_processed: 0,
  attempts: 1,
  failed_chunks: [],
  error_code: 'schema_drift',
  error_message: 'no',
  retryable: false,
  argument: {},
};

const hidden = {
  ...letter,
  snapshot_path: 'gs://feeds/runs/7/feed.json.gz',
  argument: { file_path: 'https://example.com/feed.json', partial: true },
  file_path_had_query: true,
};

function compose(from: DeadLetter, options: ArgumentOptions = {}): unknown {
  return JSON.parse(composeArgument(from, options));
}

test('repeats the argument without the message, as a manual trigger', () => {
  const argument = { partial: true, trigger: 'pubsub', message_id: '42' };
  expect(compose({ ...letter, argument })).toEqual({ partial: true, trigger: 'manual' });
});

test('resumes a run with failed chunks', () => {
  expect(compose({ ...hidden, failed_chunks: [2] })).toMatchObject({ resume_run_id: 7 });
});

test('resumes a resumed run whose chunks are all done, not the run before it', () => {
  const resumed = { ...letter, run_id: 8, chunks_done: 1, argument: { resume_run_id: 7 } };
  expect(compose(resumed)).toMatchObject({ resume_run_id: 8 });
  expect(compose({ ...resumed, chunks_done: 0 })).toMatchObject({ resume_run_id: 7 });
});

test('takes the stored feed in place of a URL without its query', () => {
  expect(compose(hidden)).toEqual({
    file_path: 'gs://feeds/runs/7/feed.json.gz',
    partial: true,
    trigger: 'manual',
  });
});

test.each(['feed_not_json', 'feed_truncated', 'feed_malformed', 'feed_too_large'])(
  'does not take what was stored before %s',
  (error_code) => {
    expect(() => compose({ ...hidden, error_code })).toThrow(
      'The letter of run 7 has https://example.com/feed.json without its query',
    );
  },
);

test('a URL that is given wins over the stored feed and the chunks', () => {
  const url = 'https://example.com/feed.json?token';
  const argument = { resume_run_id: 5 };
  for (const from of [hidden, { ...letter, failed_chunks: [2] }, { ...letter, argument }]) {
    const composed = compose(from, { url });
    expect(composed).toMatchObject({ file_path: url });
    expect(composed).not.toHaveProperty('resume_run_id');
  }
});

test('adds what the operator accepts', () => {
  const all = { acceptShrink: true, acceptDrift: true, acceptOutdated: true };
  expect(compose(letter, all)).toEqual({
    accept_shrink: true,
    accept_drift: true,
    accept_outdated: true,
    trigger: 'manual',
  });
});
