import { createError } from '../errors/workflow-error.ts';
import type { Value } from '../values/value.ts';

export interface BindableParameter {
  readonly name: string;
  readonly isOptional: boolean;
  readonly default?: Value;
}
/** A function's parameters; `any` is for a connector that is only accepted. */
export type BindableParameters = readonly BindableParameter[] | 'any';
export type GivenArguments =
  | { readonly kind: 'named'; readonly values: ReadonlyMap<string, unknown> }
  | { readonly kind: 'positional'; readonly values: readonly unknown[] };

/** Describes what is wrong with a call's arguments. Used at load and again at run time. */
export function findArgumentProblem(
  callee: string,
  parameters: BindableParameters,
  args: GivenArguments,
): string | undefined {
  if (parameters === 'any') return undefined;
  const names = parameters.map(({ name }) => name);
  if (args.kind === 'named') {
    const unknown = [...args.values.keys()].find((name) => !names.includes(name));
    if (unknown !== undefined) {
      return `'${callee}' has no parameter '${unknown}'; it takes: ${names.join(', ') || 'nothing'}`;
    }
  } else if (args.values.length > parameters.length) {
    return `'${callee}' takes at most ${parameters.length} arguments, not ${args.values.length}`;
  }
  const missing = parameters.find(
    ({ name, isOptional }, at) =>
      !isOptional && (args.kind === 'named' ? !args.values.has(name) : at >= args.values.length),
  );
  return missing === undefined
    ? undefined
    : `'${callee}' needs an argument for parameter '${missing.name}'`;
}

/**
 * Binds arguments to parameters: in their order, undefined where left out.
 *
 * @throws WorkflowError tagged TypeError
 */
export function bindArguments(
  callee: string,
  parameters: BindableParameters,
  args:
    | { readonly kind: 'named'; readonly values: ReadonlyMap<string, Value> }
    | { readonly kind: 'positional'; readonly values: readonly Value[] },
): readonly (Value | undefined)[] {
  const problem = findArgumentProblem(callee, parameters, args);
  if (problem !== undefined) throw createError('TypeError', problem);
  if (parameters === 'any') return [...args.values.values()];
  return parameters.map((parameter, at) => {
    const given = args.kind === 'named' ? args.values.get(parameter.name) : args.values[at];
    return given === undefined ? parameter.default : given;
  });
}
