import type { Clock } from '../clock/clock.ts';
import type { MaybePromise } from '../expressions/maybe-promise.ts';
import type { Fetch } from '../http/fetch.ts';
import type { MapValue, Value } from '../values/value.ts';

/** What a function of the library may use of the execution it runs in. */
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
  /** The next request to such a URL; undefined when the time is over. Raises for an unknown URL. */
  awaitCallback(url: string, timeoutSeconds: number): Promise<MapValue | undefined>;
}

export interface LibraryParameter {
  readonly name: string;
  readonly isOptional: boolean;
}

/** A function of the standard library. An argument left out arrives as undefined. */
export interface LibraryFunction {
  readonly name: string;
  /** `any`: whatever it is given, in the order it is given. */
  readonly parameters: readonly LibraryParameter[] | 'any';
  /** Can only be called by a `call` step, never in an expression. */
  readonly isBlocking: boolean;
  readonly run: (args: readonly (Value | undefined)[], context: CallContext) => MaybePromise<Value>;
}

/** Functions by name: the standard library, or that and the connectors. */
export type Functions = ReadonlyMap<string, LibraryFunction>;

/** Describes a function by its signature, `name(a, b, c?)`; a question mark makes a parameter optional. */
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
