/** A field to filter and order a list by, with the type of its values. */
export type Field<Item> =
  | { readonly kind: 'text'; readonly read: (item: Item) => string | undefined }
  /** RFC 3339; compared as instants. */
  | { readonly kind: 'time'; readonly read: (item: Item) => string | undefined }
  /** Seconds, written `3.5s`. */
  | { readonly kind: 'duration'; readonly read: (item: Item) => string | undefined }
  | { readonly kind: 'number'; readonly read: (item: Item) => number | undefined }
  /** Several values: any may match, but for `!=` none may be equal. Ordered by the first. */
  | { readonly kind: 'texts'; readonly read: (item: Item) => readonly string[] }
  /** Compared by key: `labels.env = "test"`, `labels:env`. Cannot be ordered by. */
  | { readonly kind: 'map'; readonly read: (item: Item) => Readonly<Record<string, string>> };

export type Fields<Item> = Readonly<Record<string, Field<Item>>>;

/** Converts a text to what the field compares: times and durations become numbers. */
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
