import { createError, WorkflowError } from '../../errors/workflow-error.ts';
import { predefinedPolicies } from '../../library/retry-functions.ts';
import type { RetryPolicy, TryAction } from '../../source/workflow.ts';
import { getTypeName, isMap, isNumber, type Value } from '../../values/value.ts';
import { callByPosition } from '../call-function.ts';
import { evaluateTemplate } from '../runtime/evaluate-template.ts';
import { createPlace, type Place } from '../runtime/frame.ts';
import type { Outcome } from '../runtime/outcome.ts';
import { createScope } from '../runtime/scope.ts';
import { traceBlock } from '../runtime/trace-block.ts';
import { runBlock } from './run-block.ts';

interface Retry {
  readonly predicate: string;
  readonly maxRetries: number;
  readonly initialDelaySeconds: number;
  readonly maxDelaySeconds: number;
  readonly multiplier: number;
}

/** try, then retry while the predicate says so, then except. */
export async function runTry(action: TryAction, place: Place): Promise<Outcome> {
  await place.run.steps.count(1);
  try {
    return await runWithRetries(action, place);
  } catch (error) {
    if (action.except === undefined || !isCatchable(error)) throw error;
    const { except } = action;
    place.run.trace.handled(error);
    return await traceBlock(place, { kind: 'EXCEPT' }, () => runExcept(except, error, place));
  }
}

async function runExcept(
  { variable, steps }: NonNullable<TryAction['except']>,
  error: WorkflowError,
  place: Place,
): Promise<Outcome> {
  await place.run.steps.count(1);
  const scope = createScope(place.run.memory, { parent: place.scope });
  try {
    scope.declare(variable, error.value);
    return await runBlock(steps, inherit(place, scope));
  } finally {
    scope.dispose();
  }
}

async function runWithRetries(action: TryAction, place: Place): Promise<Outcome> {
  const attempt = () => runBlock(action.steps, place);
  if (action.retry === undefined) return traceBlock(place, { kind: 'TRY' }, attempt);
  // The policy is read before the first attempt, so a bad one shows even when nothing fails.
  const retry = await readPolicy(action.retry, place);
  for (let retries = 0; ; retries += 1) {
    try {
      return await traceBlock(place, describeAttempt(retries), attempt);
    } catch (error) {
      if (!isCatchable(error) || retries >= retry.maxRetries) throw error;
      await place.run.steps.count(3);
      if (!(await mayRetry(retry.predicate, error, place))) throw error;
    }
    await place.run.context.clock.sleep(computeDelay(retry, retries), place.run.context.signal);
  }
}

function describeAttempt(retries: number) {
  if (retries === 0) return { kind: 'TRY' } as const;
  return { kind: 'RETRY', progress: { type: 'RETRY', number: retries } } as const;
}

// An error that the predicate itself raises takes the place of the first one (UNCONFIRMED).
async function mayRetry(predicate: string, error: WorkflowError, place: Place): Promise<boolean> {
  const answer = await callByPosition(predicate, [error.value], place);
  if (typeof answer === 'boolean') return answer;
  throw createError(
    'TypeError',
    `retry predicate '${predicate}' must return a boolean, not ${getTypeName(answer)}`,
  );
}

function computeDelay(retry: Retry, retries: number): number {
  return Math.min(retry.initialDelaySeconds * retry.multiplier ** retries, retry.maxDelaySeconds);
}

async function readPolicy(policy: RetryPolicy, place: Place): Promise<Retry> {
  if (policy.kind === 'predefined') {
    const predefined = predefinedPolicies.get(policy.name);
    if (predefined === undefined) throw createError('ValueError', `unknown policy ${policy.name}`);
    return { ...readBackoff(predefined.backoff), ...predefined };
  }
  const maxRetries = await evaluateTemplate(policy.maxRetries, place);
  return {
    predicate: policy.predicate,
    maxRetries: checkNumber(maxRetries, 'max_retries'),
    ...readBackoff(await evaluateTemplate(policy.backoff, place)),
  };
}

function readBackoff(backoff: Value): Omit<Retry, 'predicate' | 'maxRetries'> {
  if (!isMap(backoff)) throw createError('TypeError', 'backoff must be a map');
  return {
    initialDelaySeconds: checkNumber(backoff.get('initial_delay'), 'initial_delay'),
    maxDelaySeconds: checkNumber(backoff.get('max_delay'), 'max_delay'),
    multiplier: checkNumber(backoff.get('multiplier'), 'multiplier'),
  };
}

function checkNumber(value: Value | undefined, name: string): number {
  if (!isNumber(value)) {
    throw createError('TypeError', `${name} must be a number, not ${getTypeName(value ?? null)}`);
  }
  const number = Number(value);
  if (number >= 0) return number;
  throw createError('ValueError', `${name} must not be negative: ${number}`);
}

function inherit(place: Place, scope: Place['scope']): Place {
  const inner = createPlace({ ...place, scope }, place.site.entry);
  inner.site.current = place.site.current;
  return inner;
}

function isCatchable(error: unknown): error is WorkflowError {
  return error instanceof WorkflowError && error.catchable;
}
