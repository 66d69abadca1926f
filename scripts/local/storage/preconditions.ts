import { failedPrecondition, invalidArgument } from './storage-error.ts';

/** The versions that a request demands of an object; generation 0 means "does not exist". */
export type Preconditions = Readonly<Partial<Record<(typeof CONDITIONS)[number], string>>>;

const CONDITIONS = [
  'ifGenerationMatch',
  'ifGenerationNotMatch',
  'ifMetagenerationMatch',
  'ifMetagenerationNotMatch',
] as const;

interface Versions {
  readonly generation: string;
  readonly metageneration: string;
}

/**
 * Parses the conditions of a query string.
 *
 * @throws StorageError 400 for a condition that is not a number
 */
export function parsePreconditions(query: Readonly<Record<string, unknown>>): Preconditions {
  return Object.fromEntries(
    CONDITIONS.flatMap((condition) => {
      const value = query[condition];
      if (value === undefined) {
        return [];
      }
      if (typeof value !== 'string' || !/^\d{1,19}$/.test(value)) {
        throw invalidArgument(`Invalid value for ${condition}: ${String(value)}`);
      }
      return [[condition, value]];
    }),
  );
}

/** @throws StorageError 412 unless the object (undefined if there is none) meets the conditions */
export function checkPreconditions(preconditions: Preconditions, object?: Versions): void {
  if (!holdsMatches(preconditions, object) || matchesExcluded(preconditions, object)) {
    throw failedPrecondition();
  }
}

function holdsMatches(preconditions: Preconditions, object?: Versions): boolean {
  const { ifGenerationMatch, ifMetagenerationMatch } = preconditions;
  return (
    (ifGenerationMatch === undefined || ifGenerationMatch === (object?.generation ?? '0')) &&
    (ifMetagenerationMatch === undefined || ifMetagenerationMatch === object?.metageneration)
  );
}

/** Whether a …NotMatch condition excludes the object; a read is then answered with 304. */
export function matchesExcluded(preconditions: Preconditions, object?: Versions): boolean {
  const { ifGenerationNotMatch, ifMetagenerationNotMatch } = preconditions;
  return (
    ifGenerationNotMatch === (object?.generation ?? '0') ||
    (ifMetagenerationNotMatch !== undefined && ifMetagenerationNotMatch === object?.metageneration)
  );
}
