import type { Frame } from './frame.ts';
import type { TraceEntry, TraceKind, TraceProgress } from './trace.ts';

/** Traces a block of a step, such as an iteration or attempt, as an entry below the step's. */
export async function traceBlock<T>(
  frame: Frame,
  { kind, progress }: { readonly kind: TraceKind; readonly progress?: TraceProgress },
  work: (entry: TraceEntry) => Promise<T>,
): Promise<T> {
  const { run, current, routine, thread } = frame;
  const outer = current.entry;
  const step = current.step?.step ?? '';
  const entry = run.trace.begin({ parent: outer, kind, routine, step, thread, progress });
  current.entry = entry;
  try {
    const result = await work(entry);
    run.trace.end(entry, {});
    return result;
  } catch (error) {
    run.trace.end(entry, { error });
    throw error;
  } finally {
    current.entry = outer;
  }
}
