import type { Position } from '../errors/workflow-error.ts';
import { LoadError } from './load-error.ts';
import type { ListNode, MapNode, SourceNode } from './source-node.ts';

/**
 * Checks that a node is a map with at least one entry.
 *
 * @throws LoadError
 */
export function expectMap(node: SourceNode, what: string, step: string | undefined): MapNode {
  if (node.kind === 'map' && node.entries.length > 0) return node;
  throw new LoadError(`${what} must be a map`, { step, position: node.position });
}

/**
 * Checks that a node is a list. It may be empty.
 *
 * @throws LoadError
 */
export function expectList(node: SourceNode, what: string, step: string | undefined): ListNode {
  if (node.kind === 'list') return node;
  throw new LoadError(`${what} must be a list`, { step, position: node.position });
}

/**
 * Checks that a node is a string.
 *
 * @throws LoadError
 */
export function expectString(node: SourceNode, what: string, step: string | undefined): string {
  if (node.kind === 'scalar' && typeof node.value === 'string') return node.value;
  throw new LoadError(`${what} must be a string`, { step, position: node.position });
}

/**
 * Checks a name: letters, digits and `_`, not beginning with a digit.
 *
 * @throws LoadError
 */
export function expectName(
  name: string,
  what: string,
  location: { step?: string | undefined; position: Position },
): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name;
  throw new LoadError(`'${name}' is not a valid name for ${what}`, location);
}

/**
 * Refuses keys that are not allowed.
 *
 * @throws LoadError
 */
export function checkKeys(
  map: MapNode,
  allowed: readonly string[],
  step: string | undefined,
): void {
  const unknown = map.entries.find(({ key }) => !allowed.includes(key));
  if (unknown === undefined) return;
  throw new LoadError(`unexpected entry '${unknown.key}'; allowed: ${allowed.join(', ')}`, {
    step,
    position: unknown.keyPosition,
  });
}

/**
 * Refuses a list that is too short or too long.
 *
 * @throws LoadError
 */
export function checkCount(
  list: ListNode,
  what: string,
  range: { minimum: number; maximum: number },
  step: string | undefined,
): void {
  const count = list.items.length;
  if (count >= range.minimum && count <= range.maximum) return;
  throw new LoadError(`${count} ${what}; there must be ${range.minimum} to ${range.maximum}`, {
    step,
    position: list.position,
  });
}
