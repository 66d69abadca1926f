import { ApiError } from '../../errors/api-error.ts';

const MOST_VARIABLES = 20;
const LARGEST_VARIABLE_BYTES = 4 * 1024;

/**
 * Checks a workflow's user environment variables against the service's limits.
 *
 * @throws ApiError
 */
export function checkEnvironment(envVars: Readonly<Record<string, string>>): void {
  const entries = Object.entries(envVars);
  if (entries.length > MOST_VARIABLES) {
    throw new ApiError(
      'INVALID_ARGUMENT',
      `${entries.length} user environment variables, more than the limit of ${MOST_VARIABLES}`,
    );
  }
  for (const [name, value] of entries) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || /^(GOOGLE|WORKFLOWS)/.test(name)) {
      throw new ApiError(
        'INVALID_ARGUMENT',
        `invalid environment variable name '${name}': letters, digits and _, not beginning with GOOGLE or WORKFLOWS`,
      );
    }
    if (Buffer.byteLength(value) > LARGEST_VARIABLE_BYTES) {
      throw new ApiError(
        'INVALID_ARGUMENT',
        `environment variable '${name}' is larger than ${LARGEST_VARIABLE_BYTES} bytes`,
      );
    }
  }
}
