import { mapOf, type Value } from '../values/value.ts';

/** A position in the source: 1-based line and column, length in characters. */
export interface Position {
  line: number;
  column: number;
  length: number;
}

/** An entry of a stack trace. */
export interface StackFrame {
  step: string;
  routine: string;
  position: Position;
}

export type ErrorTag =
  | 'AuthError'
  | 'ConnectionError'
  | 'ConnectionFailedError'
  | 'HttpError'
  | 'IndexError'
  | 'KeyError'
  | 'OSError'
  | 'OperationError'
  | 'ParallelNestingError'
  | 'RecursionError'
  | 'ResourceLimitError'
  | 'ResponseTypeError'
  | 'RuntimeError'
  | 'SystemError'
  | 'TimeoutError'
  | 'TypeError'
  | 'UnhandledBranchError'
  | 'ValueError'
  | 'ZeroDivisionError';

interface Details {
  catchable?: boolean;
  stack?: readonly StackFrame[];
  position?: Position;
}

/** An exception of a running workflow: the value that `except` receives, and its origin. */
export class WorkflowError extends Error {
  readonly value: Value;
  /** False for limits that the platform enforces: `except` and `retry` never see those. */
  readonly catchable: boolean;
  /** The stack trace, innermost first; set once, by the innermost step. */
  readonly frames: readonly StackFrame[] | undefined;
  /** The position of the failing expression, if an expression failed. */
  readonly position: Position | undefined;

  constructor(message: string, value: Value, details: Details = {}) {
    super(message);
    this.name = 'WorkflowError';
    this.value = value;
    this.catchable = details.catchable ?? true;
    this.frames = details.stack;
    this.position = details.position;
  }
}

/** Creates an error of the runtime: `message` and `tags`, and any further fields given. */
export function createError(
  tags: ErrorTag | readonly ErrorTag[],
  message: string,
  fields: Iterable<readonly [string, Value]> = [],
): WorkflowError {
  const tagList: readonly string[] = typeof tags === 'string' ? [tags] : tags;
  const entries: (readonly [string, Value])[] = [
    ...fields,
    ['message', message],
    ['tags', tagList],
  ];
  // The service prints the fields in alphabetical order.
  return new WorkflowError(message, mapOf(entries.toSorted(([a], [b]) => (a < b ? -1 : 1))));
}

/**
 * Creates the error of an exceeded platform limit: it ends the execution, and no `except` can catch
 * it. The service puts the tag before its message. `detail` is only for the context.
 */
export function createLimitError(tag: ErrorTag, message: string, detail = ''): WorkflowError {
  const tagged = `${tag}: ${message}`;
  return new WorkflowError(tagged + detail, createError(tag, tagged).value, { catchable: false });
}

/** Copies an error and adds its stack and position, unless it already has them. */
export function locateError(
  error: WorkflowError,
  found: { stack?: readonly StackFrame[]; position?: Position | undefined },
): WorkflowError {
  const stack = error.frames ?? found.stack;
  const position = error.position ?? found.position;
  return new WorkflowError(error.message, error.value, {
    catchable: error.catchable,
    ...(stack === undefined ? {} : { stack }),
    ...(position === undefined ? {} : { position }),
  });
}
