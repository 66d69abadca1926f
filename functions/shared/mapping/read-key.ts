import { cleanNames } from './clean-names.ts';

/** The parts of a permit's key that a record has. */
export interface PermitKey {
  readonly permit_num: string | null;
  readonly revision_num: string | null;
  readonly permit_type: string | null;
}

/** Reads the key of a record that may be anything; a part that is not text is null. */
export function readKey(record: unknown): PermitKey {
  const values = cleanNames((record ?? {}) as Readonly<Record<string, unknown>>);
  const part = (name: string): string | null => {
    const value = values[name];
    return typeof value === 'string' ? value : null;
  };
  return {
    permit_num: part('PERMIT_NUM'),
    revision_num: part('REVISION_NUM'),
    permit_type: part('PERMIT_TYPE'),
  };
}

/**
 * A string under a name of the key, which may have blanks or a byte order mark around it; what
 * stands before may be broken, or cut off after it.
 */
const KEY_PART =
  /("(?:\s|\\u[fF][eE][fF][fF])*(?:PERMIT_NUM|REVISION_NUM|PERMIT_TYPE)\s*")\s*:\s*("(?:[^"\\]|\\.)*")/g;

/** Finds the parts of the key in the text of a record that cannot be parsed as a whole. */
export function scanKey(text: string): Readonly<Record<string, unknown>> {
  const parts = [...text.matchAll(KEY_PART)].map(([, name = '', value = '']) => [
    String(parse(name)),
    parse(value),
  ]);
  return Object.fromEntries(parts);
}

function parse(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
