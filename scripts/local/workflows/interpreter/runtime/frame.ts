import type { StackFrame } from '../../errors/workflow-error.ts';
import type { Evaluation } from '../../expressions/evaluate-expression.ts';
import { libraryConstants } from '../../library/standard-library.ts';
import { callByPosition } from '../call-function.ts';
import type { Run } from './run.ts';
import type { Scope } from './scope.ts';
import type { TraceEntry } from './trace.ts';

/** Where a thread of an execution is: in which routine, with which variables, called from where. */
export interface Place {
  readonly run: Run;
  readonly routine: string;
  readonly scope: Scope;
  /** The calls that led here, innermost first. */
  readonly callers: readonly StackFrame[];
  readonly parallelDepth: number;
  readonly thread: string;
  /** The step that runs now, and its entry, or that of the innermost block. */
  readonly site: { current: StackFrame | undefined; entry: TraceEntry | undefined };
  readonly evaluation: Evaluation;
}

/** A place, with what its expressions see. What runs there is part of the entry. */
export function createPlace(
  parts: Omit<Place, 'evaluation' | 'site'>,
  entry: TraceEntry | undefined,
): Place {
  const place: Place = {
    ...parts,
    site: { current: undefined, entry },
    evaluation: {
      readVariable: (name) => parts.scope.read(name),
      readConstant: (name) => libraryConstants.get(name),
      callFunction: (name, args) => callByPosition(name, args, place),
    },
  };
  return place;
}

/** The stack at a place, innermost first. */
export function readStack(place: Place): readonly StackFrame[] {
  return place.site.current === undefined ? place.callers : [place.site.current, ...place.callers];
}
