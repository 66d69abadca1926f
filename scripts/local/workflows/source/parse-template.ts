import type { Expression } from '../expressions/expression.ts';
import { parseExpression } from '../expressions/parse-expression.ts';
import { ExpressionSyntaxError } from '../expressions/tokenize.ts';
import { mapOf, type Value } from '../values/value.ts';
import { LoadError } from './load-error.ts';
import { SOURCE_LIMITS } from './source-limits.ts';
import type { ScalarNode, SourceEntry, SourceNode } from './source-node.ts';
import type { Template } from './workflow.ts';

/**
 * Parses a value. Only a scalar that is a whole `${}` is an expression.
 *
 * @throws LoadError
 */
export function parseTemplate(node: SourceNode, step: string | undefined): Template {
  const { position } = node;
  if (node.kind === 'list') {
    const items = node.items.map((item) => parseTemplate(item, step));
    return items.every(isLiteral)
      ? { kind: 'literal', value: items.map((item) => item.value), position }
      : { kind: 'list', items, position };
  }
  if (node.kind === 'map') {
    const entries = node.entries.map((entry) => parseEntry(entry, step));
    const literals = entries.flatMap(({ key, value }) =>
      isLiteral(key) && isLiteral(value) ? [[String(key.value), value.value] as const] : [],
    );
    return literals.length === entries.length
      ? { kind: 'literal', value: mapOf(literals), position }
      : { kind: 'map', entries, position };
  }
  return parseScalar(node, step);
}

/**
 * Parses the inside of `${}`.
 *
 * @throws LoadError
 */
export function parseExpressionText(
  text: string,
  node: Pick<ScalarNode, 'position'>,
  step: string | undefined,
): Expression {
  if (text.length > SOURCE_LIMITS.expressionCharacters) {
    throw new LoadError(
      `expression of ${text.length} characters, more than the limit of ${SOURCE_LIMITS.expressionCharacters}`,
      { step, position: node.position },
    );
  }
  try {
    return parseExpression(text);
  } catch (error) {
    if (!(error instanceof ExpressionSyntaxError)) throw error;
    throw new LoadError(`error parsing expression '${text}': ${error.message}`, {
      step,
      position: node.position,
    });
  }
}

function parseEntry(entry: SourceEntry, step: string | undefined) {
  const key = parseScalar({ kind: 'scalar', value: entry.key, position: entry.keyPosition }, step);
  return { key, value: parseTemplate(entry.value, step) };
}

function parseScalar(node: ScalarNode, step: string | undefined): Template {
  const { value, position } = node;
  const inside = typeof value === 'string' ? readInside(value, node, step) : undefined;
  if (inside === undefined) return { kind: 'literal', value, position };
  return { kind: 'expression', expression: parseExpressionText(inside, node, step), position };
}

function readInside(
  text: string,
  { position }: ScalarNode,
  step: string | undefined,
): string | undefined {
  const trimmed = text.trim();
  if (!trimmed.startsWith('${')) return undefined;
  if (trimmed.endsWith('}')) return trimmed.slice(2, -1);
  throw new LoadError(`Unterminated expression: ${trimmed}`, { step, position });
}

function isLiteral(template: Template): template is Template & { kind: 'literal'; value: Value } {
  return template.kind === 'literal';
}
