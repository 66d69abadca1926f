import { createConnection } from 'node:net';
import { describe, expect, test } from 'vitest';
import {
  classifyError,
  isDataError,
  isRetryAtOnce,
  isTransientStatus,
  isUniqueViolation,
  messageOf,
  type Outcome,
  permanent,
  SyncError,
  transient,
} from './errors.ts';

function withCode(code: unknown, message = 'it failed') {
  return Object.assign(new Error(message), { code });
}

describe('classifyError', () => {
  test.each<[string, unknown, string, Outcome]>([
    ['connection_failure', '08006', 'database_unavailable', 'transient'],
    ['serialization_failure', '40001', 'database_unavailable', 'transient'],
    ['deadlock_detected', '40P01', 'database_unavailable', 'transient'],
    ['too_many_connections', '53300', 'database_unavailable', 'transient'],
    ['lock_not_available', '55P03', 'database_unavailable', 'transient'],
    ['admin_shutdown', '57P01', 'database_unavailable', 'transient'],
    ['cannot_connect_now', '57P03', 'database_unavailable', 'transient'],
    [
      'read_only_sql_transaction, while it fails over',
      '25006',
      'database_unavailable',
      'transient',
    ],
    ['transaction_integrity_constraint_violation', '40002', 'internal', 'bug'],
    ['unique_violation', '23505', 'internal', 'bug'],
    ['syntax_error', '42601', 'internal', 'bug'],
    ['undefined_table', '42P01', 'internal', 'bug'],
    ['invalid_password', '28P01', 'internal', 'bug'],
    ['character_not_in_repertoire, as a NUL is', '22021', 'value_refused', 'permanent'],
    ['numeric_value_out_of_range', '22003', 'value_refused', 'permanent'],
    ['program_limit_exceeded', '54000', 'value_refused', 'permanent'],
    ['connection reset', 'ECONNRESET', 'connection_failed', 'transient'],
    ['connection refused', 'ECONNREFUSED', 'connection_failed', 'transient'],
    [
      'five capital letters that are an errno, not a SQLSTATE',
      'EPIPE',
      'connection_failed',
      'transient',
    ],
    ['name not found', 'ENOTFOUND', 'connection_failed', 'transient'],
    ['name server busy', 'EAI_AGAIN', 'connection_failed', 'transient'],
    ['timed out', 'ETIMEDOUT', 'connection_failed', 'transient'],
    ["undici's socket error", 'UND_ERR_SOCKET', 'connection_failed', 'transient'],
    ['a stream cut short', 'ERR_STREAM_PREMATURE_CLOSE', 'connection_failed', 'transient'],
    ['disk full', 'ENOSPC', 'internal', 'bug'],
    ['no such file', 'ENOENT', 'internal', 'bug'],
    ["Google's 408", 408, 'google_api_unavailable', 'transient'],
    ["Google's 429", 429, 'google_api_unavailable', 'transient'],
    ["Google's 500", 500, 'google_api_unavailable', 'transient'],
    ["Google's 503", 503, 'google_api_unavailable', 'transient'],
    ["Google's 403", 403, 'internal', 'bug'],
    ["Google's 404", 404, 'internal', 'bug'],
    ['gRPC DEADLINE_EXCEEDED', 4, 'google_api_unavailable', 'transient'],
    ['gRPC NOT_FOUND', 5, 'internal', 'bug'],
    ['gRPC PERMISSION_DENIED', 7, 'internal', 'bug'],
    ['gRPC RESOURCE_EXHAUSTED', 8, 'google_api_unavailable', 'transient'],
    ['gRPC UNAVAILABLE', 14, 'google_api_unavailable', 'transient'],
    ['no code', undefined, 'internal', 'bug'],
    ['a code of another kind', { code: '08006' }, 'internal', 'bug'],
  ])('%s (%o) is %s: %s', (_, given, code, outcome) => {
    const error = classifyError(withCode(given));
    const status = { transient: 503, permanent: 400, bug: 500 }[outcome];
    expect(error).toMatchObject({ code, outcome, status, message: 'it failed' });
  });

  test.each([
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'timeout exceeded when trying to connect',
    'Client has encountered a connection error and is not queryable',
  ])('recognizes a message of node-postgres without a code: %s', (message) => {
    expect(classifyError(new Error(message))).toMatchObject({
      code: 'database_unavailable',
      outcome: 'transient',
      message,
    });
  });

  test.each([
    'Retry limit exceeded - status: 503 - {"error":{"code":503}}',
    'Retry total time limit exceeded - Unknown Error',
  ])('recognizes a message of the storage client without a code: %s', (message) => {
    expect(classifyError(new Error(message))).toMatchObject({
      code: 'google_api_unavailable',
      outcome: 'transient',
    });
  });

  test('reads the status of an error that has no code', () => {
    const error = Object.assign(new Error('later'), { status: 503 });
    expect(classifyError(error)).toMatchObject({ code: 'google_api_unavailable' });
  });

  test.each([1, 2, 3, 4])('looks %i causes deep', (depth) => {
    let error: unknown = withCode('ECONNRESET');
    for (let level = 0; level < depth; level += 1) error = new Error('outer', { cause: error });
    expect(classifyError(error)).toMatchObject({ code: 'connection_failed', message: 'outer' });
  });

  test('stops at a cause that is its own cause', () => {
    const error: Error & { cause?: unknown } = new Error('round and round');
    error.cause = error;
    expect(classifyError(error)).toMatchObject({ outcome: 'bug' });
  });

  test('looks at the parts of an AggregateError, and joins their messages', () => {
    const parts = [withCode('ECONNREFUSED', 'no ::1'), withCode('ECONNREFUSED', 'no 127.0.0.1')];
    const error = new TypeError('', { cause: new AggregateError(parts) });
    expect(classifyError(error)).toMatchObject({ code: 'connection_failed', outcome: 'transient' });
    expect(classifyError(error.cause)).toMatchObject({ message: 'no ::1; no 127.0.0.1' });
  });

  test('recognizes what Node throws if no address of a host answers', async () => {
    const error = await new Promise((resolve) => {
      // Port 1 of the loopback interface is reserved, so it refuses at once.
      const lookup = (_: string, __: object, done: (...given: unknown[]) => void) =>
        done(null, [
          { address: '127.0.0.1', family: 4 },
          { address: '127.0.0.2', family: 4 },
        ]);
      createConnection({ host: 'two-addresses', port: 1, lookup } as never).once('error', resolve);
    });
    expect(error).toBeInstanceOf(AggregateError);
    expect(classifyError(error)).toMatchObject({
      code: 'connection_failed',
      outcome: 'transient',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('returns a SyncError unchanged, wrapped or not', () => {
    const error = permanent('feed_not_found', 'gone', { status: 404, runId: 7 });
    expect(classifyError(error)).toBe(error);
    expect(classifyError(new Error('outer', { cause: error }))).toBe(error);
  });

  test.each([null, undefined, 'text', 5, {}])('calls a thrown %o a bug', (thrown) => {
    expect(classifyError(thrown)).toMatchObject({ code: 'internal', outcome: 'bug', status: 500 });
  });

  test('keeps the thrown error as the cause', () => {
    const thrown = withCode('ECONNRESET');
    expect(classifyError(thrown).cause).toBe(thrown);
  });
});

describe('SyncError', () => {
  test('has the status of its outcome, or the given one', () => {
    expect(transient('later', 'm').status).toBe(503);
    expect(permanent('never', 'm').status).toBe(422);
    expect(new SyncError('bug', 'internal', 'm').status).toBe(500);
    expect(permanent('busy', 'm', { status: 409 }).status).toBe(409);
  });
});

test.each([
  ['22P02', true],
  ['22003', true],
  ['23514', true],
  ['54000', true],
  ['40001', false],
  ['42601', false],
  ['ENOENT', false],
  [22, false],
  [undefined, false],
])('isDataError of code %o is %s', (code, expected) => {
  expect(isDataError(withCode(code))).toBe(expected);
});

test.each([
  ['40001', true],
  ['40P01', true],
  ['55P03', false],
  ['ECONNRESET', false],
])('isRetryAtOnce of code %o is %s', (code, expected) => {
  expect(isRetryAtOnce(withCode(code))).toBe(expected);
});

test.each([
  ['23505', true],
  ['23514', false],
  ['40P01', false],
  [23505, false],
  [undefined, false],
])('isUniqueViolation of code %o is %s', (code, expected) => {
  expect(isUniqueViolation(withCode(code))).toBe(expected);
});

test.each([
  [400, false],
  [404, false],
  [408, true],
  [429, true],
  [499, false],
  [500, true],
  [599, true],
  [600, false],
])('isTransientStatus of %i is %s', (status, expected) => {
  expect(isTransientStatus(status)).toBe(expected);
});

test('messageOf falls back to the code, then to the name', () => {
  expect(messageOf(withCode('ECONNRESET', ''))).toBe('ECONNRESET');
  expect(messageOf(new TypeError(''))).toBe('TypeError');
  expect(messageOf('just text')).toBe('just text');
  expect(messageOf({ code: 503, message: 'later' })).toBe('later');
});
