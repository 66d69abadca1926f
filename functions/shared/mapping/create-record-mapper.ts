import { createFastMapper } from './fast/fast-mapper.ts';
import { plainMapper } from './plain-mapper.ts';

/** A mapper of every record: the fast one takes the usual ones, the plain one the others. */
export function createRecordMapper() {
  const fastMapper = createFastMapper();
  return { map: (record: Buffer) => fastMapper.map(record) ?? plainMapper.map(record) };
}
