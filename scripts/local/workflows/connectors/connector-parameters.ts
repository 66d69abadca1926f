import { createError } from '../errors/workflow-error.ts';
import { expectBoolean, expectMap, expectNumber } from '../library/expect-argument.ts';
import { isList, type MapValue, type Value } from '../values/value.ts';

/** The `connector_params` of a call, with the documented defaults. */
export interface ConnectorParameters {
  /** Covers the whole call, with its retries and its polling. */
  readonly timeoutSeconds: number;
  readonly polling: PollingPolicy;
  /** Whether to return without waiting for the operation that the first request starts. */
  readonly skipsPolling: boolean;
}
export interface PollingPolicy {
  readonly initialDelaySeconds: number;
  readonly maxDelaySeconds: number;
  readonly multiplier: number;
}

const NAMES: ReadonlySet<string> = new Set(['timeout', 'polling_policy', 'skip_polling', 'scopes']);
const LONGEST_TIMEOUT_SECONDS = 31_536_000;

/**
 * Reads `connector_params`. `scopes` is checked but unused, because no token is sent.
 *
 * @throws WorkflowError tagged TypeError or ValueError
 */
export function readConnectorParameters(given: Value | undefined): ConnectorParameters {
  const parameters: MapValue =
    given === undefined || given === null ? new Map() : expectMap(given, 'connector_params');
  // UNCONFIRMED: an undocumented name. It is most likely misspelt.
  const unknown = [...parameters.keys()].find((name) => !NAMES.has(name));
  if (unknown !== undefined) {
    throw createError(
      'ValueError',
      `connector_params has no '${unknown}'; known: ${[...NAMES].join(', ')}`,
    );
  }
  checkScopes(parameters.get('scopes'));
  return {
    timeoutSeconds: readTimeout(parameters.get('timeout')),
    polling: readPolling(parameters.get('polling_policy')),
    skipsPolling: expectBoolean(parameters.get('skip_polling') ?? false, 'skip_polling'),
  };
}

function readTimeout(timeout: Value = 1800n): number {
  const seconds = Number(expectNumber(timeout, 'timeout'));
  if (seconds > 0 && seconds <= LONGEST_TIMEOUT_SECONDS) return seconds;
  throw createError(
    'ValueError',
    `timeout must be above 0 and at most ${LONGEST_TIMEOUT_SECONDS} seconds, not ${seconds}`,
  );
}

function readPolling(policy: Value | undefined): PollingPolicy {
  const given: MapValue = policy === undefined ? new Map() : expectMap(policy, 'polling_policy');
  const read = (name: string, fallback: Value) => {
    const number = Number(expectNumber(given.get(name) ?? fallback, `polling_policy.${name}`));
    if (number > 0) return number;
    throw createError('ValueError', `polling_policy.${name} must be above 0, not ${number}`);
  };
  return {
    initialDelaySeconds: read('initial_delay', 1),
    maxDelaySeconds: read('max_delay', 60),
    multiplier: read('multiplier', 1.25),
  };
}

// One scope or a list of scopes: Google's samples use both.
function checkScopes(scopes: Value | undefined): void {
  const list = isList(scopes) ? scopes : [scopes ?? ''];
  if (list.every((scope) => typeof scope === 'string')) return;
  throw createError('TypeError', 'scopes must be a string or a list of strings');
}
