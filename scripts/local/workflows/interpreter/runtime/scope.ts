import type { Value } from '../../values/value.ts';
import type { Memory } from './memory.ts';

/** The variables of a routine, or of a block with its own scope. */
export interface Scope {
  has(name: string): boolean;
  read(name: string): Value | undefined;
  /** Writes the variable in the innermost scope that has it; creates it here if none has. */
  write(name: string, value: Value): void;
  /** Creates the variable here, even if a parent has it. */
  declare(name: string, value: Value): void;
  /** Lists every variable that can be read here. */
  list(): Iterable<readonly [string, Value]>;
  /** Releases the memory. */
  dispose(): void;
}

interface ScopeOptions {
  parent?: Scope;
  /** In a parallel branch, the parent's variables that it may write. Default: all. */
  shared?: ReadonlySet<string>;
}

export function createScope(memory: Memory, { parent, shared }: ScopeOptions = {}): Scope {
  const variables = new Map<string, Value>();

  function declare(name: string, value: Value): void {
    memory.replace(variables.get(name), value);
    variables.set(name, value);
  }

  return {
    declare,
    has: (name) => variables.has(name) || (parent?.has(name) ?? false),
    read(name) {
      const own = variables.get(name);
      return own === undefined && parent !== undefined ? parent.read(name) : own;
    },
    write(name, value) {
      const isOwn =
        variables.has(name) || parent === undefined || (shared !== undefined && !shared.has(name));
      if (!isOwn && parent.has(name)) parent.write(name, value);
      else declare(name, value);
    },
    *list() {
      for (const entry of parent?.list() ?? []) if (!variables.has(entry[0])) yield entry;
      yield* variables;
    },
    dispose() {
      for (const value of variables.values()) memory.replace(value, undefined);
      variables.clear();
    },
  };
}
