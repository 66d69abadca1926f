import type { Functions } from '../library/library-function.ts';
import type { Workflow } from '../source/workflow.ts';
import type { SymbolTable } from './symbol-table.ts';

/** What the checks of one step know. */
export interface StepCheck {
  readonly workflow: Workflow;
  readonly functions: Functions;
  readonly symbols: SymbolTable;
  readonly step: string;
}
