import { compareText } from './compare-values.ts';
import { formatDouble } from './format-double.ts';
import { isBytes, isList, isMap, type MapValue, type Value } from './value.ts';

export interface JsonLayout {
  prefix: string;
  indent: string;
}

/**
 * Writes a value as JSON, on one line or indented. The keys of a map are in alphabetical order, as
 * in the service.
 *
 * @throws TypeError for bytes, NaN and infinity.
 */
export function writeJson(value: Value, layout?: JsonLayout): string {
  return layout === undefined ? writeCompact(value) : writeIndented(value, layout, layout.prefix);
}

function writeCompact(value: Value): string {
  if (isList(value)) return `[${value.map(writeCompact).join(',')}]`;
  if (isMap(value)) {
    const items = sortEntries(value).map(
      ([key, item]) => `${JSON.stringify(key)}:${writeCompact(item)}`,
    );
    return `{${items.join(',')}}`;
  }
  return writeScalar(value);
}

function writeIndented(value: Value, layout: JsonLayout, margin: string): string {
  const inner = margin + layout.indent;
  if (isList(value) && value.length > 0) {
    const items = value.map((item) => `${inner}${writeIndented(item, layout, inner)}`);
    return `[\n${items.join(',\n')}\n${margin}]`;
  }
  if (isMap(value) && value.size > 0) {
    const items = sortEntries(value).map(
      ([key, item]) => `${inner}${JSON.stringify(key)}: ${writeIndented(item, layout, inner)}`,
    );
    return `{\n${items.join(',\n')}\n${margin}}`;
  }
  return writeCompact(value);
}

function sortEntries(map: MapValue): readonly (readonly [string, Value])[] {
  return [...map].sort(([a], [b]) => compareText(a, b));
}

function writeScalar(value: Value): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${value} has no JSON form`);
    return formatDouble(value);
  }
  if (isBytes(value)) throw new TypeError('bytes have no JSON form; encode them with base64 first');
  return JSON.stringify(value);
}
