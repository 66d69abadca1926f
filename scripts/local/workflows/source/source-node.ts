import type { Position } from '../errors/workflow-error.ts';

/** A node of the YAML or JSON source with its position. */
export type SourceNode = ScalarNode | ListNode | MapNode;
export interface ScalarNode {
  readonly kind: 'scalar';
  readonly value: null | boolean | bigint | number | string;
  readonly position: Position;
}
export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly SourceNode[];
  readonly position: Position;
}
export interface MapNode {
  readonly kind: 'map';
  readonly entries: readonly SourceEntry[];
  readonly position: Position;
}
export interface SourceEntry {
  readonly key: string;
  readonly keyPosition: Position;
  readonly value: SourceNode;
}

/** Finds the value of a key in a map. */
export function findEntry(map: MapNode, key: string): SourceNode | undefined {
  return map.entries.find((entry) => entry.key === key)?.value;
}
