import type { StackFrame } from '../errors/workflow-error.ts';
import type { Evaluation } from '../expressions/evaluate-expression.ts';
import { libraryConstants } from '../library/standard-library.ts';
import { callByPosition } from './call-function.ts';
import type { Run } from './run.ts';
import type { Scope } from './scope.ts';

/** Where a thread of an execution is: in which routine, with which variables, called from where. */
export type Place = {
  readonly run: Run;
  readonly routine: string;
  readonly scope: Scope;
  /** The calls that led here, innermost first. */
  readonly callers: readonly StackFrame[];
  readonly parallelDepth: number;
  readonly thread: string;
  /** The step that runs now. */
  readonly site: { current: StackFrame | undefined };
  readonly evaluation: Evaluation;
};

/** A place, with what its expressions see. */
export function createPlace(parts: Omit<Place, 'evaluation' | 'site'>): Place {
  const place: Place = {
    ...parts,
    site: { current: undefined },
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
