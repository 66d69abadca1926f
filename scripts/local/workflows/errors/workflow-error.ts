import { mapOf, type Value } from '../values/value.ts';

/** Where in the source something is: 1-based line and column, length in characters. */
export interface Position {
  line: number;
  column: number;
  length: number;
}

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

/** An exception of a running workflow: what `except` receives, and where it came from. */
export class WorkflowError extends Error {
  readonly value: Value;
  /** False for limits that the platform enforces: no `except` and no `retry` sees those. */
  readonly catchable: boolean;
  /** Innermost first; filled once, by the step that first sees the error. */
  readonly frames: readonly StackFrame[] | undefined;
  /** The expression at fault, when it is one. */
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

/** An error of the runtime itself: `message` and `tags`, no other field unless given. */
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
 * A limit of the platform: ends the execution at once, and no `except` can stop it. The service puts
 * the tag before its message; `detail` is for the context only.
 */
export function createLimitError(tag: ErrorTag, message: string, detail = ''): WorkflowError {
  const tagged = `${tag}: ${message}`;
  return new WorkflowError(tagged + detail, createError(tag, tagged).value, { catchable: false });
}

/** The same error with its place filled in, as far as it was not known yet. */
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
