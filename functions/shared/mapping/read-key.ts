/** The parts of a permit's key that a record has. */
export interface PermitKey {
  readonly permit_num: string | null;
  readonly revision_num: string | null;
  readonly permit_type: string | null;
}

/** Reads the key of a record that may be anything; a part that is not text is null. */
export function readKey(record: unknown): PermitKey {
  const values = (record ?? {}) as Readonly<Record<string, unknown>>;
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
