import type { StackFrame, WorkflowError } from '../errors/workflow-error.ts';
import { describeValue } from '../expressions/describe-value.ts';
import { isList, isMap, type Value } from '../values/value.ts';
import { writeJson } from '../values/write-json.ts';

/** An execution's error as the API gives it. */
export type Failure = {
  /** JSON of what was raised. */
  readonly payload: string;
  /** The message, the step, its routine and line, as text. */
  readonly context: string;
  readonly stackTrace: { readonly elements: readonly StackElement[] };
};
export type StackElement = {
  readonly step: string;
  readonly routine: string;
  /** 64-bit integers of the API: strings. */
  readonly position: { readonly line: string; readonly column: string; readonly length: string };
};

/** Describes an error that ended an execution. */
export function describeFailure(error: WorkflowError): Failure {
  const frames = (error.frames ?? []).map((frame, at) =>
    at === 0 && error.position !== undefined ? { ...frame, position: error.position } : frame,
  );
  const lines = frames.map(
    ({ step, routine, position }) =>
      `in step "${step}", routine "${routine}", line: ${position.line}`,
  );
  const details = hasTag(error.value, 'HttpError') ? [writeSafely(error.value, '  ')] : [];
  return {
    payload: writeSafely(error.value),
    context: [describeMessage(error), ...lines, ...details].join('\n'),
    stackTrace: { elements: frames.map(toElement) },
  };
}

function describeMessage(error: WorkflowError): string {
  const { value } = error;
  if (isMap(value) && isList(value.get('tags')) && typeof value.get('message') === 'string') {
    return error.message;
  }
  // UNCONFIRMED: how a raised string or map is introduced.
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

function hasTag(value: Value, tag: string): boolean {
  const tags = isMap(value) ? value.get('tags') : undefined;
  return isList(tags) && tags.includes(tag);
}

function writeSafely(value: Value, indent?: string): string {
  try {
    return writeJson(value, indent === undefined ? undefined : { prefix: '', indent });
  } catch {
    return JSON.stringify(describeValue(value));
  }
}
