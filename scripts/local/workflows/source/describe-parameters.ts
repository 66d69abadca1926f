import type { BindableParameter } from '../expressions/bind-arguments.ts';
import type { Routine } from './workflow.ts';

/** A subworkflow's parameters in the form that arguments are bound to. */
export function describeParameters(routine: Routine): readonly BindableParameter[] {
  return routine.parameters.map((parameter) => ({
    ...parameter,
    isOptional: parameter.default !== undefined,
  }));
}
