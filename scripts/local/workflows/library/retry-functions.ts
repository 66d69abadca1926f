import { isList, isMap, type MapValue, mapOf, type Value } from '../values/value.ts';
import { defineFunction } from './library-function.ts';

/** The default backoff: 1 s at first, then 1.25 times as long, at most 60 s. */
export const defaultBackoff: MapValue = mapOf([
  ['initial_delay', 1n],
  ['max_delay', 60n],
  ['multiplier', 1.25],
]);

export const retryFunctions = [
  defineFunction('retry.always(error)', () => true),
  defineFunction('retry.never(error)', () => false),
  defineFunction('http.default_retry_predicate(error)', ([error = null]) =>
    isRetryable(error, 'idempotent'),
  ),
  defineFunction('http.default_retry_predicate_non_idempotent(error)', ([error = null]) =>
    isRetryable(error, 'non-idempotent'),
  ),
];

interface Retryable {
  readonly codes: readonly bigint[];
  readonly tags: readonly string[];
}

const RETRYABLE: Readonly<Record<'idempotent' | 'non-idempotent', Retryable>> = {
  idempotent: {
    codes: [429n, 502n, 503n, 504n],
    tags: ['ConnectionError', 'ConnectionFailedError', 'TimeoutError'],
  },
  // Only errors that mean the request was not processed, so a retry cannot repeat its effect.
  'non-idempotent': { codes: [429n, 503n], tags: ['ConnectionFailedError'] },
};

export interface PredefinedPolicy {
  readonly predicate: string;
  readonly maxRetries: number;
  readonly backoff: MapValue;
}

/** The policies for `retry: ${name}`. */
export const predefinedPolicies: ReadonlyMap<string, PredefinedPolicy> = new Map([
  [
    'http.default_retry',
    { predicate: 'http.default_retry_predicate', maxRetries: 5, backoff: defaultBackoff },
  ],
  [
    'http.default_retry_non_idempotent',
    {
      predicate: 'http.default_retry_predicate_non_idempotent',
      maxRetries: 5,
      backoff: defaultBackoff,
    },
  ],
]);

/** Whether the default policy for requests of this kind retries the error. */
export function isRetryable(error: Value, kind: keyof typeof RETRYABLE): boolean {
  if (!isMap(error)) return false;
  const { codes, tags } = RETRYABLE[kind];
  const errorTags = error.get('tags');
  const code = error.get('code');
  // UNCONFIRMED for a map raised by the workflow: without the tag it is not an HTTP error.
  const has = (tag: string) => isList(errorTags) && errorTags.includes(tag);
  return tags.some(has) || (has('HttpError') && typeof code === 'bigint' && codes.includes(code));
}
