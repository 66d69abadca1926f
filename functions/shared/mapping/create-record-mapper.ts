import { createFastMapper } from './fast/fast-mapper.ts';
import { plainMapper } from './plain-mapper.ts';

/** Creates a mapper of every record: the fast mapper maps usual ones, the plain mapper the rest. */
export function createRecordMapper() {
  const fastMapper = createFastMapper();
  return { map: (record: Buffer) => fastMapper.map(record) ?? plainMapper.map(record) };
}
