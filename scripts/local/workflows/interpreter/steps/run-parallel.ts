import { createError, WorkflowError } from '../../errors/workflow-error.ts';
import { describeValue } from '../../expressions/describe-value.ts';
import type { Block, ForAction, ParallelAction } from '../../source/workflow.ts';
import { getTypeName, type Value } from '../../values/value.ts';
import { evaluateTemplate } from '../runtime/evaluate-template.ts';
import { createPlace, type Place } from '../runtime/frame.ts';
import { NEXT, type Outcome } from '../runtime/outcome.ts';
import { RUN_LIMITS } from '../runtime/run-limits.ts';
import { createScope } from '../runtime/scope.ts';
import { traceBlock } from '../runtime/trace-block.ts';
import { type BranchFailure, describeBranchFailures } from './describe-branch-failures.ts';
import { type Iteration, listIterations } from './list-iterations.ts';
import { runBlock } from './run-block.ts';

interface Task {
  readonly id: string;
  /** The first is 1. */
  readonly number: number;
  readonly steps: Block;
  readonly variables: readonly (readonly [string, Value])[];
}

/**
 * Runs branches or iterations at the same time and waits for all of them. An error in one does not
 * stop the others; at the end UnhandledBranchError tells of all.
 */
export async function runParallel(action: ParallelAction, place: Place): Promise<Outcome> {
  if (place.parallelDepth >= RUN_LIMITS.parallelDepth) {
    throw createError(
      'ParallelNestingError',
      `parallel steps nest deeper than the limit of ${RUN_LIMITS.parallelDepth}`,
    );
  }
  const limit = await readLimit(action, place);
  const { count, items } = await listTasks(action, place);
  if (place.site.entry !== undefined) place.run.trace.expect(place.site.entry, count);
  const tasks = items[Symbol.iterator]();
  const shared = new Set(action.shared);
  // UNCONFIRMED: what a shared variable is that nothing has assigned.
  for (const name of shared) if (!place.scope.has(name)) place.scope.write(name, null);
  const failures: BranchFailure[] = [];

  // Each worker takes the next task when it has done one, so a long list is never all started.
  async function work(): Promise<void> {
    for (let next = tasks.next(); next.done !== true; next = tasks.next()) {
      await place.run.slots.acquire();
      try {
        await runTask(next.value, { shared, kind: action.work.kind }, place);
      } catch (error) {
        if (!(error instanceof WorkflowError) || !error.catchable) {
          place.run.abort(error);
          throw error;
        }
        failures.push({ id: next.value.id, error });
      } finally {
        place.run.slots.release();
      }
    }
  }

  await withoutSlot(place, () => settleAll(Array.from({ length: limit }, work)));
  if (failures.length > 0) throw describeBranchFailures(failures);
  return NEXT;
}

interface TaskOptions {
  readonly shared: ReadonlySet<string>;
  readonly kind: ParallelAction['work']['kind'];
}

async function runTask(task: Task, { shared, kind }: TaskOptions, place: Place): Promise<void> {
  const { run } = place;
  await run.steps.count(1);
  const scope = createScope(run.memory, { parent: place.scope, shared });
  const thread = `${place.thread}/${task.id}`;
  const branch = createPlace(
    { ...place, scope, thread, parallelDepth: place.parallelDepth + 1 },
    place.site.entry,
  );
  branch.site.current = place.site.current;
  try {
    for (const [name, value] of task.variables) scope.declare(name, value);
    // What may leave a branch, `continue` apart, was checked at load.
    await traceBlock(branch, describeTask(task, kind), () => runBlock(task.steps, branch));
  } finally {
    scope.dispose();
    run.reportStep(thread, undefined);
  }
}

function describeTask({ number }: Task, kind: TaskOptions['kind']) {
  return kind === 'for'
    ? ({ kind: 'FOR_ITERATION', progress: { type: 'PARALLEL_FOR', number } } as const)
    : ({ kind: 'PARALLEL_BRANCH_ENTRY', progress: { type: 'PARALLEL_BRANCH', number } } as const);
}

async function listTasks({ work }: ParallelAction, place: Place) {
  if (work.kind === 'branches') {
    const items = work.branches.map(
      ({ name, steps }, at): Task => ({ id: name, number: at + 1, steps, variables: [] }),
    );
    return { count: items.length, items };
  }
  const { count, items } = await listIterations(work, place);
  return { count, items: listIterationTasks(work, items) };
}

function* listIterationTasks(
  { value: name, index: indexName, steps }: ForAction,
  iterations: Iterable<Iteration>,
): Generator<Task> {
  for (const { value, index } of iterations) {
    const own = [name, value] as const;
    const variables = indexName === undefined ? [own] : [own, [indexName, index] as const];
    yield { id: String(index), number: Number(index) + 1, steps, variables };
  }
}

async function readLimit({ concurrencyLimit }: ParallelAction, place: Place): Promise<number> {
  if (concurrencyLimit === undefined) return RUN_LIMITS.concurrentBranches;
  const limit = await evaluateTemplate(concurrencyLimit, place);
  if (typeof limit !== 'bigint') {
    throw createError(
      'TypeError',
      `concurrency_limit must be an integer, not ${getTypeName(limit)}`,
    );
  }
  if (limit < 1n) {
    throw createError(
      'ValueError',
      `concurrency_limit must be positive, not ${describeValue(limit)}`,
    );
  }
  return Math.min(Number(limit), RUN_LIMITS.concurrentBranches);
}

// A branch that only waits for its own branches gives its slot to them, or 20 such would wait forever.
async function withoutSlot(place: Place, work: () => Promise<void>): Promise<void> {
  if (place.parallelDepth === 0) return work();
  place.run.slots.release();
  try {
    await work();
  } finally {
    await place.run.slots.acquire();
  }
}

// Promise.all would go on while the other workers still run.
async function settleAll(workers: readonly Promise<void>[]): Promise<void> {
  for (const settled of await Promise.allSettled(workers)) {
    if (settled.status === 'rejected') throw settled.reason;
  }
}
