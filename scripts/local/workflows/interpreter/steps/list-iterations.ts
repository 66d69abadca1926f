import { createError } from '../../errors/workflow-error.ts';
import type { ForAction } from '../../source/workflow.ts';
import { getTypeName, isList, isNumber, type Value } from '../../values/value.ts';
import { evaluateTemplate } from '../runtime/evaluate-template.ts';
import type { Frame } from '../runtime/frame.ts';

export interface Iteration {
  readonly value: Value;
  readonly index: bigint;
}
export interface Iterations {
  readonly count: number;
  readonly items: Iterable<Iteration>;
}

/**
 * The values of a loop, evaluated once before it begins: changing the list in the body changes
 * nothing (UNCONFIRMED).
 *
 * @throws WorkflowError tagged TypeError
 */
export async function listIterations({ over }: ForAction, frame: Frame): Promise<Iterations> {
  if (over.kind === 'in') {
    const list = await evaluateTemplate(over.list, frame);
    if (isList(list)) {
      const items = list.map((value, index) => ({ value, index: BigInt(index) }));
      return { count: items.length, items };
    }
    throw createError(
      'TypeError',
      `for needs a list, not ${getTypeName(list)}; use keys() of a map`,
    );
  }
  const range = await evaluateTemplate(over.range, frame);
  const [start, end] = isList(range) && range.length === 2 ? range : [];
  if (!isNumber(start) || !isNumber(end)) {
    throw createError('TypeError', 'range must be a list of two numbers');
  }
  const count = Math.max(0, Math.floor(Number(end) - Number(start)) + 1);
  return { count, items: countUp(start, end) };
}

// Both ends are included. A start above the end makes an empty loop (UNCONFIRMED).
function* countUp(start: bigint | number, end: bigint | number): Generator<Iteration> {
  if (typeof start === 'bigint' && typeof end === 'bigint') {
    for (let value = start; value <= end; value += 1n) yield { value, index: value - start };
    return;
  }
  const first = Number(start);
  for (let index = 0n; first + Number(index) <= Number(end); index += 1n) {
    yield { value: first + Number(index), index };
  }
}
