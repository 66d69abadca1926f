import type { ObjectRecord } from './object-record.ts';

export interface ListRequest {
  readonly prefix?: string;
  /** Names that share the text up to this delimiter become one entry of `prefixes`. */
  readonly delimiter?: string;
  readonly startOffset?: string;
  readonly endOffset?: string;
  readonly pageToken?: string;
  readonly maxResults: number;
}

export interface ObjectPage {
  readonly items: readonly ObjectRecord[];
  readonly prefixes: readonly string[];
  readonly nextPageToken?: string;
}

interface Entry {
  readonly name: string;
  readonly item?: ObjectRecord;
}

/** Lists one page in the byte order of the names; items and prefixes both count toward its size. */
export function listObjects(objects: readonly ObjectRecord[], request: ListRequest): ObjectPage {
  const { prefix = '', delimiter, startOffset, endOffset, pageToken, maxResults } = request;
  const after = pageToken && Buffer.from(pageToken, 'base64url').toString();
  const entries = new Map<string, Entry>();
  for (const item of objects) {
    if (
      item.name.startsWith(prefix) &&
      (startOffset === undefined || compareNames(item.name, startOffset) >= 0) &&
      (endOffset === undefined || compareNames(item.name, endOffset) < 0)
    ) {
      const entry = foldName(item, prefix, delimiter);
      entries.set(entry.name, entry);
    }
  }
  const remaining = [...entries.values()]
    .filter(({ name }) => !after || compareNames(name, after) > 0)
    .sort((a, b) => compareNames(a.name, b.name));
  const page = remaining.slice(0, maxResults);
  const last = page.at(-1);
  return {
    items: page.flatMap(({ item }) => item ?? []),
    prefixes: page.flatMap(({ name, item }) => (item === undefined ? name : [])),
    ...(last !== undefined &&
      remaining.length > page.length && {
        nextPageToken: Buffer.from(last.name).toString('base64url'),
      }),
  };
}

function foldName(item: ObjectRecord, prefix: string, delimiter: string | undefined): Entry {
  const index = delimiter ? item.name.indexOf(delimiter, prefix.length) : -1;
  return index < 0 || !delimiter
    ? { name: item.name, item }
    : { name: item.name.slice(0, index + delimiter.length) };
}

function compareNames(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
