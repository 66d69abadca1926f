import { ApiError } from '../../errors/api-error.ts';
import { type Fields, toComparable } from './field.ts';

/**
 * Sorts items by `orderBy`, a comma-separated list of fields, each with `asc`, `desc` or neither.
 * Items without a value come first.
 *
 * @throws ApiError
 */
export function orderItems<Item>(
  items: readonly Item[],
  orderBy: string,
  fields: Fields<Item>,
): readonly Item[] {
  const keys = orderBy.split(',').map((part) => parseKey(part, fields));
  return items.toSorted((left, right) => {
    for (const { read, sign } of keys) {
      const [a, b] = [read(left), read(right)];
      if (a === b) continue;
      if (a === undefined) return -sign;
      if (b === undefined) return sign;
      return a < b ? -sign : sign;
    }
    return 0;
  });
}

function parseKey<Item>(part: string, fields: Fields<Item>) {
  const [name = '', direction = 'asc', ...rest] = part.trim().split(/\s+/);
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  const isUnordered = field === undefined || field.kind === 'map';
  if (isUnordered || rest.length > 0 || !['asc', 'desc'].includes(direction)) {
    throw new ApiError('INVALID_ARGUMENT', `invalid orderBy: ${part}`);
  }
  return {
    sign: direction === 'desc' ? -1 : 1,
    read(item: Item) {
      const value = field.kind === 'texts' ? field.read(item)[0] : field.read(item);
      return value === undefined ? undefined : toComparable(field.kind, value);
    },
  };
}
