import type { Position } from '../errors/workflow-error.ts';
import type { Expression } from '../expressions/expression.ts';
import type { Value } from '../values/value.ts';

/** The syntax tree (AST) of a workflow. `main` is one of the routines. */
export interface Workflow {
  readonly routines: ReadonlyMap<string, Routine>;
}

export interface Routine {
  readonly name: string;
  readonly position: Position;
  readonly parameters: readonly RoutineParameter[];
  readonly steps: Block;
}
export interface RoutineParameter {
  readonly name: string;
  readonly default?: Value;
}

/** Steps in order, with the index of each name for jumps. */
export interface Block {
  readonly steps: readonly Step[];
  readonly indexes: ReadonlyMap<string, number>;
}

export interface Step {
  /** An unnamed step of `try` or `switch` has its parent's name. */
  readonly name: string;
  readonly isNamed: boolean;
  readonly position: Position;
  readonly action: Action;
  readonly next: Jump | undefined;
}
export interface Jump {
  readonly target: string;
  readonly position: Position;
}

/** A value in the source that may contain `${}` at any depth. */
export type Template =
  | { readonly kind: 'literal'; readonly value: Value; readonly position: Position }
  | ExpressionTemplate
  | { readonly kind: 'list'; readonly items: readonly Template[]; readonly position: Position }
  | {
      readonly kind: 'map';
      readonly entries: readonly { readonly key: Template; readonly value: Template }[];
      readonly position: Position;
    };
export interface ExpressionTemplate {
  readonly kind: 'expression';
  readonly expression: Expression;
  readonly position: Position;
}

export type Action =
  | AssignAction
  | CallAction
  | SwitchAction
  | ForAction
  | ParallelAction
  | TryAction
  | { readonly kind: 'raise'; readonly value: Template }
  | { readonly kind: 'return'; readonly value: Template }
  | { readonly kind: 'steps'; readonly steps: Block }
  | { readonly kind: 'none' };

export interface AssignAction {
  readonly kind: 'assign';
  readonly assignments: readonly Assignment[];
}
/** `variable.path[0]…: value`. Each part of the path evaluates to a key or an index. */
export interface Assignment {
  readonly variable: string;
  readonly path: readonly Expression[];
  readonly value: Template;
  readonly position: Position;
}

export interface CallAction {
  readonly kind: 'call';
  readonly callee: string;
  readonly args: CallArguments;
  readonly result: string | undefined;
  readonly position: Position;
}
export type CallArguments =
  | { readonly kind: 'named'; readonly values: ReadonlyMap<string, Template> }
  | { readonly kind: 'positional'; readonly values: readonly Template[] };

export interface SwitchAction {
  readonly kind: 'switch';
  readonly cases: readonly { readonly condition: Template; readonly step: Step }[];
}

export interface ForAction {
  readonly kind: 'for';
  readonly value: string;
  readonly index: string | undefined;
  readonly over:
    | { readonly kind: 'in'; readonly list: Template }
    | { readonly kind: 'range'; readonly range: Template };
  readonly steps: Block;
}

export interface ParallelAction {
  readonly kind: 'parallel';
  readonly shared: readonly string[];
  readonly concurrencyLimit: Template | undefined;
  readonly work: ForAction | { readonly kind: 'branches'; readonly branches: readonly Branch[] };
}
export interface Branch {
  readonly name: string;
  readonly steps: Block;
}

export interface TryAction {
  readonly kind: 'try';
  readonly steps: Block;
  readonly retry: RetryPolicy | undefined;
  readonly except: { readonly variable: string; readonly steps: Block } | undefined;
}
export type RetryPolicy =
  | { readonly kind: 'predefined'; readonly name: string; readonly position: Position }
  | {
      readonly kind: 'custom';
      /** The name of a subworkflow or of a predefined predicate. */
      readonly predicate: string;
      readonly maxRetries: Template;
      readonly backoff: Template;
      readonly position: Position;
    };
