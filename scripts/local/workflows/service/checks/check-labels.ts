import { ApiError } from '../../errors/api-error.ts';

const MOST_LABELS = 64;
const KEY = /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u;
const VALUE = /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u;

/**
 * Checks the labels of a workflow or an execution against the service's limits.
 *
 * @throws ApiError
 */
export function checkLabels(labels: Readonly<Record<string, string>>): void {
  const entries = Object.entries(labels);
  if (entries.length > MOST_LABELS) {
    throw new ApiError(
      'INVALID_ARGUMENT',
      `${entries.length} labels, more than the limit of ${MOST_LABELS}`,
    );
  }
  for (const [key, value] of entries) {
    if (KEY.test(key) && VALUE.test(value)) continue;
    throw new ApiError(
      'INVALID_ARGUMENT',
      `invalid label '${key}': '${value}': up to 63 lowercase letters, digits, _ and -, the key beginning with a letter`,
    );
  }
}
