import type { StackFrame, WorkflowError } from '../../errors/workflow-error.ts';
import { describeValue } from '../../expressions/describe-value.ts';
import { isList, isMap, type MapValue, type Value } from '../../values/value.ts';
import { writeJson } from '../../values/write-json.ts';

/** The error of an execution, in the API's form. */
export interface Failure {
  /** The raised value as JSON. */
  readonly payload: string;
  /** The message and stack trace as text. */
  readonly context: string;
  readonly stackTrace: { readonly elements: readonly StackElement[] };
}
export interface StackElement {
  readonly step: string;
  readonly routine: string;
  /** The API writes 64-bit integers as strings. */
  readonly position: { readonly line: string; readonly column: string; readonly length: string };
}

/** Describes an error that ended an execution, in the API's form. */
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

/** Lists the stack of an error, innermost first, with the position of the failing expression. */
export function listStackFrames(error: WorkflowError): readonly StackFrame[] {
  return (error.frames ?? []).map((frame, at) =>
    at === 0 && error.position !== undefined ? { ...frame, position: error.position } : frame,
  );
}

/** Describes a stack frame as one line of a context. */
export function describeStackFrame({ step, routine, position }: StackFrame): string {
  return `in step "${step}", routine "${routine}", line: ${position.line}`;
}

function describeMessage(error: WorkflowError): string {
  const { value } = error;
  if (isError(value)) return error.message;
  // UNCONFIRMED for a raised map without `message` or `tags`.
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

// The context shows all fields of an error that has more, such as an HTTP response.
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
