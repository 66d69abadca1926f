import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
} from 'yaml';
import type { Position } from '../errors/workflow-error.ts';
import { isInt64 } from '../values/integer-range.ts';
import { createParseError, LoadError } from './load-error.ts';
import { quoteLoneExpressions } from './quote-lone-expressions.ts';
import { SOURCE_LIMITS } from './source-limits.ts';
import type { ScalarNode, SourceEntry, SourceNode } from './source-node.ts';

/**
 * Reads YAML, or JSON as a subset of it, into nodes with positions.
 *
 * @throws LoadError
 */
export function readSource(source: string): SourceNode {
  const bytes = Buffer.byteLength(source);
  if (bytes > SOURCE_LIMITS.sourceBytes) {
    throw new LoadError(
      `the source is ${bytes} bytes, more than the limit of ${SOURCE_LIMITS.sourceBytes}`,
    );
  }
  const { document, lines } = parseYaml(source);
  const locate = (node: { range?: readonly [number, number, number] | null | undefined }) =>
    locateRange(node.range, lines);
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) {
    throw createParseError(problem.message, locateRange([...problem.pos, 0], lines), source);
  }
  return convertNode(document.contents, locate);
}

function parseYaml(source: string): { document: Document; lines: LineCounter } {
  const lines = new LineCounter();
  const options = { lineCounter: lines, intAsBigInt: true, prettyErrors: false };
  const document: Document = parseDocument(source, options);
  const quoted = quoteLoneExpressions(source, document.errors);
  return quoted === source ? { document, lines } : parseYaml(quoted);
}

type Locate = (node: Node) => Position;

function convertNode(node: unknown, locate: Locate): SourceNode {
  if (isMap(node)) {
    return {
      kind: 'map',
      entries: node.items.map((pair) => convertEntry(pair, locate)),
      position: locate(node),
    };
  }
  if (isSeq(node)) {
    return {
      kind: 'list',
      items: node.items.map((item) => convertNode(item, locate)),
      position: locate(node),
    };
  }
  if (isScalar(node)) {
    const position = locate(node);
    return { kind: 'scalar', value: checkScalar(node.value, position), position };
  }
  if (isAlias(node)) {
    // UNCONFIRMED: whether the service accepts anchors. A file without them works everywhere.
    throw new LoadError(`YAML alias *${node.source} is not supported`, { position: locate(node) });
  }
  return { kind: 'scalar', value: null, position: { line: 1, column: 1, length: 0 } };
}

function convertEntry(pair: Pair, locate: Locate): SourceEntry {
  const key = convertNode(pair.key, locate);
  if (key.kind !== 'scalar') {
    throw new LoadError('a key must be a string', { position: key.position });
  }
  const value = convertNode(pair.value, locate);
  return {
    // UNCONFIRMED: a numeric key becomes text.
    key: String(key.value),
    keyPosition: key.position,
    value: pair.value === null ? { ...value, position: key.position } : value,
  };
}

function checkScalar(value: unknown, position: Position): ScalarNode['value'] {
  if (typeof value === 'bigint' && !isInt64(value)) {
    throw new LoadError(`integer ${value} does not fit 64 bits`, { position });
  }
  if (
    value === null ||
    typeof value === 'boolean' ||
    typeof value === 'bigint' ||
    typeof value === 'number' ||
    typeof value === 'string'
  ) {
    return value;
  }
  throw new LoadError('only strings, numbers, booleans and null are values', { position });
}

function locateRange(
  range: readonly [number, number, number] | null | undefined,
  lines: LineCounter,
): Position {
  if (range === null || range === undefined) return { line: 1, column: 1, length: 0 };
  const start = lines.linePos(range[0]);
  return { line: start.line, column: start.col, length: range[1] - range[0] };
}
