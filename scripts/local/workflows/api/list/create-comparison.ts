import { ApiError } from '../../errors/api-error.ts';
import { type Field, type Fields, toComparable } from './field.ts';

interface Comparison<Item> {
  /** A field, or a key of one: `labels.env`. */
  readonly path: string;
  readonly operator: string;
  readonly value: string;
  readonly fields: Fields<Item>;
}

/**
 * Compiles one comparison of a filter. A missing value passes only `!=`.
 *
 * @throws ApiError
 */
export function createComparison<Item>(comparison: Comparison<Item>): (item: Item) => boolean {
  const { operator, value, fields } = comparison;
  const [name = '', ...rest] = comparison.path.split('.');
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field === undefined || (rest.length > 0 && field.kind !== 'map')) {
    throw new ApiError('INVALID_ARGUMENT', `invalid filter: no field '${comparison.path}'`);
  }
  if (field.kind === 'map') return compareKey(field, rest.join('.'), comparison);
  const compare = createTextOrNumberTest(field.kind, operator, value);
  if (field.kind === 'texts') {
    return operator === '!='
      ? (item) => field.read(item).every(compare)
      : (item) => field.read(item).some(compare);
  }
  return (item) => compare(field.read(item));
}

function compareKey<Item>(
  field: Extract<Field<Item>, { kind: 'map' }>,
  key: string,
  { operator, value }: Comparison<Item>,
): (item: Item) => boolean {
  if (key === '') {
    if (operator === ':') return (item) => Object.hasOwn(field.read(item), value);
    throw new ApiError(
      'INVALID_ARGUMENT',
      `invalid filter: '${operator}' needs a key, as labels.x`,
    );
  }
  const compare = createTextOrNumberTest('text', operator, value);
  return (item) => compare(field.read(item)[key]);
}

// `*` alone tests whether a value is present; elsewhere it matches any text.
function createTextOrNumberTest(
  kind: Field<unknown>['kind'],
  operator: string,
  text: string,
): (value: string | number | undefined) => boolean {
  const isEquality = operator === '=' || operator === ':' || operator === '!=';
  if (isEquality && text.includes('*') && (kind === 'text' || kind === 'texts')) {
    const pattern = new RegExp(`^${text.split('*').map(escapePattern).join('.*')}$`, 's');
    const matches = (value: string | number | undefined) =>
      value !== undefined && value !== '' && pattern.test(String(value));
    return operator === '!=' ? (value) => !matches(value) : matches;
  }
  const wanted = toComparable(kind, text);
  if (wanted === undefined) {
    throw new ApiError('INVALID_ARGUMENT', `invalid filter: '${text}' is not a valid ${kind}`);
  }
  return (value) => {
    const actual = value === undefined ? undefined : toComparable(kind, value);
    if (actual === undefined) return operator === '!=';
    switch (operator) {
      case '!=':
        return actual !== wanted;
      case '>':
        return actual > wanted;
      case '>=':
        return actual >= wanted;
      case '<':
        return actual < wanted;
      case '<=':
        return actual <= wanted;
      default:
        return actual === wanted;
    }
  };
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
