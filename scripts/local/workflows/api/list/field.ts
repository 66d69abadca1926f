/** A field that a list can be filtered and ordered by, and what its values are. */
export type Field<Item> =
  | { readonly kind: 'text'; readonly read: (item: Item) => string | undefined }
  /** RFC 3339; compared as instants. */
  | { readonly kind: 'time'; readonly read: (item: Item) => string | undefined }
  /** Seconds, written `3.5s`. */
  | { readonly kind: 'duration'; readonly read: (item: Item) => string | undefined }
  | { readonly kind: 'number'; readonly read: (item: Item) => number | undefined }
  /** Any of several; `!=` asks that none is. Ordered by the first. */
  | { readonly kind: 'texts'; readonly read: (item: Item) => readonly string[] }
  /** Compared by key: `labels.env = "test"`, `labels:env`. Cannot be ordered by. */
  | { readonly kind: 'map'; readonly read: (item: Item) => Readonly<Record<string, string>> };

export type Fields<Item> = Readonly<Record<string, Field<Item>>>;

/** A text as what the field compares: text stays text, times and durations become numbers. */
export function toComparable(
  kind: Field<unknown>['kind'],
  text: string | number,
): string | number | undefined {
  switch (kind) {
    case 'time':
      return toNumber(Date.parse(String(text)));
    case 'duration':
      return toNumber(Number(String(text).replace(/s$/, '')));
    case 'number':
      return toNumber(Number(text));
    default:
      return String(text);
  }
}

function toNumber(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}
