import { readFileSync } from 'node:fs';
import { TERRAFORM_FOLDER, type Terraform } from './read-terraform.ts';

export interface Scope {
  /** `each.key` and `each.value` inside a resource with for_each. */
  readonly each?: { readonly key: string; readonly value: Readonly<Record<string, unknown>> };
  /** Values of expressions that only Google or an operator knows, by expression. */
  readonly known?: Readonly<Record<string, unknown>>;
}

const JSON_FILE = /^jsondecode\(file\("\$\{path\.module\}\/([^"]+)"\)\)$/;

/**
 * Resolves the value of a parsed argument. It supports templates, sums, JSON files, and references
 * to variables (their defaults), locals and their fields, `each` and the scope's known values.
 *
 * @throws Error that names an unsupported expression.
 */
export function resolveExpression(
  terraform: Terraform,
  argument: unknown,
  scope: Scope = {},
): unknown {
  if (typeof argument !== 'string') return argument;
  const [whole, only] = /^\$\{((?:[^{}]|\{[^{}]*\})*)\}$/.exec(argument) ?? [];
  if (whole !== undefined) return evaluate(terraform, only ?? '', scope);
  return argument.replaceAll(/\$\{([^}]*)\}/g, (_, expression: string) =>
    String(evaluate(terraform, expression, scope)),
  );
}

function evaluate(terraform: Terraform, expression: string, scope: Scope): unknown {
  const { each, known = {} } = scope;
  if (expression in known) return known[expression];
  if (/^\d+$/.test(expression)) return Number(expression);
  const [, jsonFile] = JSON_FILE.exec(expression) ?? [];
  if (jsonFile !== undefined) {
    return JSON.parse(readFileSync(new URL(jsonFile, TERRAFORM_FOLDER), 'utf8'));
  }
  const terms = expression.split(' + ');
  if (terms.length > 1) {
    return terms.reduce((sum, term) => sum + Number(evaluate(terraform, term, scope)), 0);
  }
  const [root, name = '', ...more] = expression.split('.');
  if (more.length === 0) {
    const variable = terraform.variables[name];
    if (root === 'var' && variable && 'default' in variable) return variable.default;
    if (root === 'local' && name in terraform.locals) {
      return resolveExpression(terraform, terraform.locals[name], scope);
    }
    if (expression === 'each.key' && each) return each.key;
  }
  const [property = '', ...rest] = more;
  if (root === 'each' && name === 'value' && rest.length === 0 && each && property in each.value) {
    return resolveExpression(terraform, each.value[property], scope);
  }
  if (root === 'local' && rest.length === 0) {
    const fields = evaluate(terraform, `local.${name}`, scope) as Record<string, unknown>;
    if (property in fields) return fields[property];
  }
  throw new Error(`The tests know no value of ${expression}`);
}
