import { z } from 'zod';

export const ingestChunkRequest = z.object({
  run_id: z.int32().positive(),
  /** 1 for the first chunk of the run. */
  chunk_number: z.int32().positive(),
});

export type IngestChunkRequest = z.infer<typeof ingestChunkRequest>;

/** The chunk's counts; they add up to its number of records. */
export interface IngestChunkResponse {
  readonly run_id: number;
  readonly chunk_number: number;
  readonly records_new: number;
  readonly records_updated: number;
  readonly records_unchanged: number;
  readonly records_errors: number;
  readonly records_superseded: number;
}
