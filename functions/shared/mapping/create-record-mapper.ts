import { DROPPED_COLUMNS } from './columns.ts';
import { createFastMapper } from './fast/fast-mapper.ts';
import { createPlainMapper } from './plain-mapper.ts';

/**
 * Creates a mapper of every record: the fast mapper maps usual ones, the plain mapper the rest.
 * @param ignored names columns to drop besides DROPPED_COLUMNS.
 */
export function createRecordMapper(ignored: ReadonlySet<string> = new Set()) {
  const dropped = new Set([...DROPPED_COLUMNS, ...ignored]);
  const fastMapper = createFastMapper(dropped);
  const plainMapper = createPlainMapper(dropped);
  return { map: (record: Buffer) => fastMapper.map(record) ?? plainMapper.map(record) };
}
