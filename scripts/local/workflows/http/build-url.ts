import { createError } from '../errors/workflow-error.ts';
import { stringify } from '../expressions/stringify.ts';
import { isList, isMap, type Value } from '../values/value.ts';

/**
 * Appends a query, encoded, to a URL.
 *
 * @throws WorkflowError tagged TypeError or ValueError
 */
export function buildUrl(url: string, query: Value): string {
  const target = parseUrl(url);
  if (query === null) return target.href;
  if (!isMap(query)) throw createError('TypeError', 'query must be a map');
  for (const [name, value] of query) {
    for (const item of isList(value) ? value : [value]) {
      const text = stringify(item);
      if (text === undefined) {
        throw createError(
          'TypeError',
          `query parameter '${name}' must be a string, number or boolean, or a list of them`,
        );
      }
      target.searchParams.append(name, text);
    }
  }
  return target.href;
}

function parseUrl(url: string): URL {
  const target = URL.canParse(url) ? new URL(url) : undefined;
  if (target?.protocol === 'http:' || target?.protocol === 'https:') return target;
  throw createError('ValueError', `'${url}' is not an http or https URL`);
}
