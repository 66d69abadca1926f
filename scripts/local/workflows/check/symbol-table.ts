/** The variables known at a point of the source, by block. */
export interface SymbolTable {
  /** Whether the name can be read: assigned anywhere in this block or one around it. */
  knows(name: string): boolean;
  /** Whether a step above this point assigns it. */
  isAssigned(name: string): boolean;
  /** Creates a variable here unless one around has it already. */
  assign(name: string): void;
  /** Creates a variable here, whatever is around. */
  declare(name: string): void;
  /** Whether writing the name here would write a parent's variable that the branch does not share. */
  isForeign(name: string): boolean;
}

interface SymbolTableOptions {
  parent?: SymbolTable;
  /** Assigned somewhere in this block: a jump back may lead to where it is read. */
  later: ReadonlySet<string>;
  /** Given for a parallel branch or iteration: the parent's variables it may write. */
  shared?: ReadonlySet<string>;
}

/** SymbolTable of a new block. */
export function createSymbolTable({ parent, later, shared }: SymbolTableOptions): SymbolTable {
  const own = new Set<string>();
  const isAssigned = (name: string) => own.has(name) || (parent?.isAssigned(name) ?? false);
  return {
    isAssigned,
    knows: (name) => own.has(name) || later.has(name) || (parent?.knows(name) ?? false),
    assign(name) {
      if (!isAssigned(name)) own.add(name);
    },
    declare(name) {
      own.add(name);
    },
    isForeign(name) {
      if (own.has(name) || parent === undefined) return false;
      if (shared !== undefined && !shared.has(name)) return parent.isAssigned(name);
      return parent.isForeign(name);
    },
  };
}
