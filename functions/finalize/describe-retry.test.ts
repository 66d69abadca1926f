import { expect, test } from 'vitest';
import type { SyncRun } from '../shared/schema.ts';
import { describeRetry } from './describe-retry.ts';

const config = {
  GOOGLE_CLOUD_PROJECT: 'my-project',
  WORKFLOW_LOCATION: 'us-central1',
  WORKFLOW_NAME: 'permit-sync',
};

const failed = {
  id: 7,
  error_code: 'feed_malformed',
  file_path: null,
  partial: false,
  accept_shrink: false,
  accept_drift: false,
  accept_outdated: false,
  dry_run: false,
} as SyncRun;

const START = 'gcloud workflows run permit-sync --project=my-project --location=us-central1';

test('a run with a dead letter is redriven by its number', () => {
  expect(describeRetry(config, failed)).toEqual({
    command: 'npm run redrive -- --project my-project --run 7',
  });
});

test.each([
  [{ error_code: 'sync_already_running' }, {}],
  [{ error_code: 'feed_outdated', file_path: 'gs://b/x' }, { file_path: 'gs://b/x' }],
  [
    { dry_run: true, partial: true, accept_drift: true },
    { partial: true, accept_drift: true, dry_run: true },
  ],
])('a run without a letter, %j, starts again with its own argument', (fields, argument) => {
  expect(describeRetry(config, { ...failed, ...fields })).toEqual({
    command: `${START} --data='${JSON.stringify(argument)}'`,
    argument,
  });
});

test('a quote in a path does not end the shell word', () => {
  const run = { ...failed, dry_run: true, file_path: "/it's.json" };
  expect(describeRetry(config, run).command).toBe(
    `${START} --data='{"file_path":"/it'\\''s.json","dry_run":true}'`,
  );
});

test('a refused resume resumes the same run', () => {
  const run = { ...failed, error_code: 'sync_already_running' };
  expect(describeRetry(config, run, 5).argument).toEqual({ resume_run_id: 5 });
});
