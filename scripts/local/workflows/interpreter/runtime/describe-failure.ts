import type { StackFrame, WorkflowError } from '../../errors/workflow-error.ts';
import { describeValue } from '../../expressions/describe-value.ts';
import { isList, isMap, type MapValue, type Value } from '../../values/value.ts';
import { writeJson } from '../../values/write-json.ts';

/** An execution's error as the API gives it. */
export interface Failure {
  /** JSON of what was raised. */
  readonly payload: string;
  /** The message, the step, its routine and line, as text. */
  readonly context: string;
  readonly stackTrace: { readonly elements: readonly StackElement[] };
}
export interface StackElement {
  readonly step: string;
  readonly routine: string;
  /** 64-bit integers of the API: strings. */
  readonly position: { readonly line: string; readonly column: string; readonly length: string };
}

/** Describes an error that ended an execution. */
export function describeFailure(error: WorkflowError): Failure {
  const frames = listStackFrames(error);
  const lines = frames.map(describeStackFrame);
  const details = hasOwnFields(error.value) ? [writeSafely(error.value, '  ')] : [];
  return {
    payload: writeSafely(error.value),
    context: [describeMessage(error), ...lines, ...details].join('\n'),
    stackTrace: { elements: frames.map(toElement) },
  };
}

/** The stack of an error, innermost first, the position of the expression at fault in it. */
export function listStackFrames(error: WorkflowError): readonly StackFrame[] {
  return (error.frames ?? []).map((frame, at) =>
    at === 0 && error.position !== undefined ? { ...frame, position: error.position } : frame,
  );
}

/** One line of a context. */
export function describeStackFrame({ step, routine, position }: StackFrame): string {
  return `in step "${step}", routine "${routine}", line: ${position.line}`;
}

function describeMessage(error: WorkflowError): string {
  const { value } = error;
  if (isError(value)) return error.message;
  // UNCONFIRMED for a raised map that lacks one of the two.
  return `RuntimeError: ${writeSafely(value)}`;
}

function toElement({ step, routine, position }: StackFrame): StackElement {
  return {
    step,
    routine,
    position: {
      line: String(position.line),
      column: String(position.column),
      length: String(position.length),
    },
  };
}

// An error that says more than its message, such as an HTTP response, is shown whole.
function hasOwnFields(value: Value): boolean {
  return isError(value) && [...value.keys()].some((key) => key !== 'message' && key !== 'tags');
}

function isError(value: Value): value is MapValue {
  return isMap(value) && isList(value.get('tags')) && typeof value.get('message') === 'string';
}

function writeSafely(value: Value, indent?: string): string {
  try {
    return writeJson(value, indent === undefined ? undefined : { prefix: '', indent });
  } catch {
    return JSON.stringify(describeValue(value));
  }
}
