import { createError, WorkflowError } from '../../errors/workflow-error.ts';
import { predefinedPolicies } from '../../library/retry-functions.ts';
import type { RetryPolicy, TryAction } from '../../source/workflow.ts';
import { getTypeName, isMap, isNumber, type Value } from '../../values/value.ts';
import { evaluateTemplate } from '../runtime/evaluate-template.ts';
import { createFrame, type Frame } from '../runtime/frame.ts';
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

/** Runs the block, again while the retry policy says so, and then `except` if it still fails. */
export async function runTry(action: TryAction, frame: Frame): Promise<Outcome> {
  await frame.run.steps.count(1);
  try {
    return await runWithRetries(action, frame);
  } catch (error) {
    if (action.except === undefined || !isCatchable(error)) throw error;
    const { except } = action;
    frame.run.trace.handled(error);
    return await traceBlock(frame, { kind: 'EXCEPT' }, () => runExcept(except, error, frame));
  }
}

async function runExcept(
  { variable, steps }: NonNullable<TryAction['except']>,
  error: WorkflowError,
  frame: Frame,
): Promise<Outcome> {
  await frame.run.steps.count(1);
  const scope = createScope(frame.run.memory, { parent: frame.scope });
  try {
    scope.declare(variable, error.value);
    return await runBlock(steps, inherit(frame, scope));
  } finally {
    scope.dispose();
  }
}

async function runWithRetries(action: TryAction, frame: Frame): Promise<Outcome> {
  const attempt = () => runBlock(action.steps, frame);
  if (action.retry === undefined) return traceBlock(frame, { kind: 'TRY' }, attempt);
  // Read before the first attempt, so a bad policy shows even if nothing fails.
  const retry = await readPolicy(action.retry, frame);
  for (let retries = 0; ; retries += 1) {
    try {
      return await traceBlock(frame, describeAttempt(retries), attempt);
    } catch (error) {
      if (!isCatchable(error) || retries >= retry.maxRetries) throw error;
      await frame.run.steps.count(3);
      if (!(await mayRetry(retry.predicate, error, frame))) throw error;
    }
    await frame.run.context.clock.sleep(computeDelay(retry, retries), frame.run.context.signal);
  }
}

function describeAttempt(retries: number) {
  if (retries === 0) return { kind: 'TRY' } as const;
  return { kind: 'RETRY', progress: { type: 'RETRY', number: retries } } as const;
}

// An error raised by the predicate itself replaces the first one (UNCONFIRMED).
async function mayRetry(predicate: string, error: WorkflowError, frame: Frame): Promise<boolean> {
  const answer = await frame.callFunction(
    predicate,
    { kind: 'positional', values: [error.value] },
    frame,
  );
  if (typeof answer === 'boolean') return answer;
  throw createError(
    'TypeError',
    `retry predicate '${predicate}' must return a boolean, not ${getTypeName(answer)}`,
  );
}

function computeDelay(retry: Retry, retries: number): number {
  return Math.min(retry.initialDelaySeconds * retry.multiplier ** retries, retry.maxDelaySeconds);
}

async function readPolicy(policy: RetryPolicy, frame: Frame): Promise<Retry> {
  if (policy.kind === 'predefined') {
    const predefined = predefinedPolicies.get(policy.name);
    if (predefined === undefined) throw createError('ValueError', `unknown policy ${policy.name}`);
    return { ...readBackoff(predefined.backoff), ...predefined };
  }
  const maxRetries = await evaluateTemplate(policy.maxRetries, frame);
  return {
    predicate: policy.predicate,
    maxRetries: checkNumber(maxRetries, 'max_retries'),
    ...readBackoff(await evaluateTemplate(policy.backoff, frame)),
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

function inherit(frame: Frame, scope: Frame['scope']): Frame {
  const inner = createFrame({ ...frame, scope }, frame.current.entry);
  inner.current.step = frame.current.step;
  return inner;
}

function isCatchable(error: unknown): error is WorkflowError {
  return error instanceof WorkflowError && error.catchable;
}
