import { readDottedName } from '../expressions/expression.ts';
import { LoadError } from './load-error.ts';
import { parseBlock, parseUnnamedStep } from './parse-step.ts';
import { parseTemplate } from './parse-template.ts';
import { checkKeys, expectMap, expectName, expectString } from './shape.ts';
import { findEntry, type MapNode, type SourceNode } from './source-node.ts';
import type { Block, RetryPolicy, TryAction } from './workflow.ts';

/**
 * Parses `try` with its `retry` and `except`.
 *
 * @throws LoadError
 */
export function parseTry(node: SourceNode, step: string, block: MapNode): TryAction {
  const retry = findEntry(block, 'retry');
  const except = findEntry(block, 'except');
  return {
    kind: 'try',
    steps: parseBody(expectMap(node, 'try', step), step),
    retry: retry === undefined ? undefined : parseRetry(retry, step),
    except: except === undefined ? undefined : parseExcept(except, step),
  };
}

function parseBody(body: MapNode, step: string): Block {
  const loop = body.entries.find(({ key }) => key === 'for');
  if (loop !== undefined) {
    // The service names the step `try` here, a known issue.
    throw new LoadError('loop step name should not be empty', {
      step: 'try',
      position: loop.keyPosition,
    });
  }
  return { steps: [parseUnnamedStep(body, step)], indexes: new Map() };
}

function parseExcept(node: SourceNode, step: string): NonNullable<TryAction['except']> {
  const block = expectMap(node, 'except', step);
  checkKeys(block, ['as', 'steps'], step);
  const variable = findEntry(block, 'as');
  const steps = findEntry(block, 'steps');
  if (variable === undefined || steps === undefined) {
    throw new LoadError('except needs as and steps', { step, position: node.position });
  }
  return {
    variable: expectName(expectString(variable, 'as', step), 'a variable', {
      step,
      position: variable.position,
    }),
    steps: parseBlock(steps, step),
  };
}

function parseRetry(node: SourceNode, step: string): RetryPolicy {
  const { position } = node;
  if (node.kind === 'scalar') {
    return { kind: 'predefined', name: readFunctionName(node, 'retry', step), position };
  }
  const block = expectMap(node, 'retry', step);
  checkKeys(block, ['predicate', 'max_retries', 'backoff'], step);
  const predicate = findEntry(block, 'predicate');
  const maxRetries = findEntry(block, 'max_retries');
  const backoff = findEntry(block, 'backoff');
  if (predicate === undefined || maxRetries === undefined || backoff === undefined) {
    throw new LoadError('retry needs predicate, max_retries and backoff', { step, position });
  }
  if (backoff.kind === 'map') {
    checkKeys(backoff, ['initial_delay', 'max_delay', 'multiplier'], step);
  }
  return {
    kind: 'custom',
    predicate: readFunctionName(predicate, 'predicate', step),
    maxRetries: parseTemplate(maxRetries, step),
    backoff: parseTemplate(backoff, step),
    position,
  };
}

function readFunctionName(node: SourceNode, what: string, step: string): string {
  const template = parseTemplate(node, step);
  const name = template.kind === 'expression' ? readDottedName(template.expression) : undefined;
  if (name !== undefined) return name;
  throw new LoadError(`${what} must be an expression that names a function, such as \${name}`, {
    step,
    position: node.position,
  });
}
