import { createError, WorkflowError } from '../../errors/workflow-error.ts';
import { describeValue } from '../../expressions/describe-value.ts';
import type { Block, ForAction, ParallelAction } from '../../source/workflow.ts';
import { getTypeName, type Value } from '../../values/value.ts';
import { evaluateTemplate } from '../runtime/evaluate-template.ts';
import { createFrame, type Frame } from '../runtime/frame.ts';
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
 * Runs branches or iterations concurrently and waits for all of them. An error in one does not stop
 * the others; UnhandledBranchError lists all errors at the end.
 */
export async function runParallel(action: ParallelAction, frame: Frame): Promise<Outcome> {
  if (frame.parallelDepth >= RUN_LIMITS.parallelDepth) {
    throw createError(
      'ParallelNestingError',
      `parallel steps nest deeper than the limit of ${RUN_LIMITS.parallelDepth}`,
    );
  }
  const limit = await readLimit(action, frame);
  const { count, items } = await listTasks(action, frame);
  if (frame.current.entry !== undefined) frame.run.trace.expect(frame.current.entry, count);
  const tasks = items[Symbol.iterator]();
  const shared = new Set(action.shared);
  // UNCONFIRMED: a shared variable that nothing has assigned starts as null here.
  for (const name of shared) if (!frame.scope.has(name)) frame.scope.write(name, null);
  const failures: BranchFailure[] = [];

  // Each worker takes its next task when it finishes one, so a long list never starts all at once.
  async function work(): Promise<void> {
    for (let next = tasks.next(); next.done !== true; next = tasks.next()) {
      await frame.run.semaphore.acquire();
      try {
        await runTask(next.value, { shared, kind: action.work.kind }, frame);
      } catch (error) {
        if (!(error instanceof WorkflowError) || !error.catchable) {
          frame.run.abort(error);
          throw error;
        }
        failures.push({ id: next.value.id, error });
      } finally {
        frame.run.semaphore.release();
      }
    }
  }

  await whileReleased(frame, () => settleAll(Array.from({ length: limit }, work)));
  if (failures.length > 0) throw describeBranchFailures(failures);
  return NEXT;
}

interface TaskOptions {
  readonly shared: ReadonlySet<string>;
  readonly kind: ParallelAction['work']['kind'];
}

async function runTask(task: Task, { shared, kind }: TaskOptions, frame: Frame): Promise<void> {
  const { run } = frame;
  await run.steps.count(1);
  const scope = createScope(run.memory, { parent: frame.scope, shared });
  const thread = `${frame.thread}/${task.id}`;
  const branch = createFrame(
    { ...frame, scope, thread, parallelDepth: frame.parallelDepth + 1 },
    frame.current.entry,
  );
  branch.current.step = frame.current.step;
  try {
    for (const [name, value] of task.variables) scope.declare(name, value);
    // Apart from `continue`, jumps out of a branch were refused at load.
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

async function listTasks({ work }: ParallelAction, frame: Frame) {
  if (work.kind === 'branches') {
    const items = work.branches.map(
      ({ name, steps }, at): Task => ({ id: name, number: at + 1, steps, variables: [] }),
    );
    return { count: items.length, items };
  }
  const { count, items } = await listIterations(work, frame);
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

async function readLimit({ concurrencyLimit }: ParallelAction, frame: Frame): Promise<number> {
  if (concurrencyLimit === undefined) return RUN_LIMITS.concurrentBranches;
  const limit = await evaluateTemplate(concurrencyLimit, frame);
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

// A branch that waits for its own branches gives up its permit; otherwise 20 of them would
// deadlock.
async function whileReleased(frame: Frame, work: () => Promise<void>): Promise<void> {
  if (frame.parallelDepth === 0) return work();
  frame.run.semaphore.release();
  try {
    await work();
  } finally {
    await frame.run.semaphore.acquire();
  }
}

// Promise.all would return while other workers still run.
async function settleAll(workers: readonly Promise<void>[]): Promise<void> {
  for (const settled of await Promise.allSettled(workers)) {
    if (settled.status === 'rejected') throw settled.reason;
  }
}
