import type { StackFrame } from '../../errors/workflow-error.ts';
import type { Activation } from '../../expressions/evaluate-expression.ts';
import type { MaybePromise } from '../../expressions/maybe-promise.ts';
import { libraryConstants } from '../../library/standard-library.ts';
import type { Value } from '../../values/value.ts';
import type { CallArguments, Run } from './run.ts';
import type { Scope } from './scope.ts';
import type { TraceEntry } from './trace.ts';

/** Calls a subworkflow, a function of the library or a connector from a frame. */
export type CallFunction = (
  name: string,
  args: CallArguments,
  caller: Frame,
) => MaybePromise<Value>;

/** A frame of the call stack, or a block with a scope of its own inside one. */
export interface Frame {
  readonly run: Run;
  readonly routine: string;
  readonly scope: Scope;
  /** The calls that led here, innermost first. */
  readonly callers: readonly StackFrame[];
  readonly parallelDepth: number;
  readonly thread: string;
  /** The step that runs now, and the trace entry of that step or of the innermost block. */
  readonly current: { step: StackFrame | undefined; entry: TraceEntry | undefined };
  /** What the expressions of this frame see. */
  readonly activation: Activation;
  /** Passed down from the first frame: calls run steps, so steps cannot import them. */
  readonly callFunction: CallFunction;
}

/** Creates a frame and its activation. What runs there is traced below the entry. */
export function createFrame(
  parts: Omit<Frame, 'activation' | 'current'>,
  entry: TraceEntry | undefined,
): Frame {
  const frame: Frame = {
    ...parts,
    current: { step: undefined, entry },
    activation: {
      readVariable: (name) => parts.scope.read(name),
      readConstant: (name) => libraryConstants.get(name),
      callFunction: (name, values) =>
        parts.callFunction(name, { kind: 'positional', values }, frame),
    },
  };
  return frame;
}

/** The call stack at a frame, innermost first. */
export function readStack({ current, callers }: Frame): readonly StackFrame[] {
  return current.step === undefined ? callers : [current.step, ...callers];
}
