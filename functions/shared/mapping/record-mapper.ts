import type { UnmappedRecord } from './map-record.ts';

/** Maps the bytes of one record at a time to its row of `permits`. */
export interface RecordMapper {
  /**
   * Maps a record.
   *
   * @returns its row, which the next call may overwrite: the values of FEED_COLUMNS in their order
   * and `extra` in COPY's text format, separated by tabs; the reason why it has no row; or null if
   * another mapper must take it.
   */
  map(record: Buffer): Buffer | UnmappedRecord | null;
}
