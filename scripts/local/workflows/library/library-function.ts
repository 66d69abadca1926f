import type { Clock } from '../clock/clock.ts';
import type { MaybePromise } from '../expressions/maybe-promise.ts';
import type { Fetch } from '../http/fetch.ts';
import type { MapValue, Value } from '../values/value.ts';

/** The parts of an execution that a function of the library may use. */
export interface CallContext {
  readonly clock: Clock;
  /** Aborted when the execution is cancelled. */
  readonly signal: AbortSignal;
  readonly fetch: Fetch;
  readEnvironment(name: string): string | undefined;
  writeLog(entry: { severity: string; text: string } | { severity: string; json: MapValue }): void;
  generateUuid(): string;
  /** Opens an endpoint for one HTTP method and returns its URL. */
  createCallback(method: string): string;
  /**
   * Waits for the next request to such a URL; undefined after the time-out.
   *
   * @throws WorkflowError tagged ValueError
   */
  awaitCallback(url: string, timeoutSeconds: number): Promise<MapValue | undefined>;
}

export interface LibraryParameter {
  readonly name: string;
  readonly isOptional: boolean;
}

/** A function of the standard library, or a connector. Omitted arguments are undefined. */
export interface LibraryFunction {
  readonly name: string;
  /** `any` takes all arguments in the order given. */
  readonly parameters: readonly LibraryParameter[] | 'any';
  /** Whether only a `call` step may call it, never an expression. */
  readonly isBlocking: boolean;
  readonly run: (args: readonly (Value | undefined)[], context: CallContext) => MaybePromise<Value>;
}

/** Functions by name: the standard library, or that and the connectors. */
export type Functions = ReadonlyMap<string, LibraryFunction>;

/** Defines a function by its signature, `name(a, b, c?)`; `?` marks optional parameters. */
export function defineFunction(
  signature: string,
  run: LibraryFunction['run'],
  options: { isBlocking?: boolean } = {},
): LibraryFunction {
  const open = signature.indexOf('(');
  const names = signature.slice(open + 1, -1).split(',');
  return {
    name: signature.slice(0, open),
    parameters: names
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .map((name) => ({ name: name.replace('?', ''), isOptional: name.endsWith('?') })),
    isBlocking: options.isBlocking ?? false,
    run,
  };
}
