/** The variables known at a point of the source. Each block has a table inside its parent's. */
export interface SymbolTable {
  /** Whether the name can be read: it is assigned anywhere in this block or an enclosing one. */
  knows(name: string): boolean;
  /** Whether a step above this point assigns it. */
  isAssigned(name: string): boolean;
  /** Creates a variable here unless an enclosing block already has it. */
  assign(name: string): void;
  /** Creates a variable here, regardless of enclosing blocks. */
  declare(name: string): void;
  /** Whether writing the name here would write a parent's variable that is not shared. */
  isForeign(name: string): boolean;
}

interface SymbolTableOptions {
  parent?: SymbolTable;
  /** Assigned anywhere in this block: a backward jump may lead to a read above. */
  later: ReadonlySet<string>;
  /** For a parallel branch or iteration: the parent's variables that it may write. */
  shared?: ReadonlySet<string>;
}

/** Creates the symbol table of a block. */
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
