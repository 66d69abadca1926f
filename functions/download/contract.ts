import { z } from 'zod';

/**
 * Strict: a misspelt key would otherwise quietly sync the City's feed instead of the file meant.
 */
export const downloadRequest = z.strictObject({
  /** The Cloud Workflows execution that the run belongs to. */
  execution_id: z.string().min(1),
  trigger: z.enum(['schedule', 'pubsub', 'api', 'manual']).default('manual'),
  /** `https://…` on an allowed host, `gs://bucket/object`, a local path; null is the City's feed. */
  file_path: z.string().min(1).nullish(),
  /** Takes a feed that is far smaller than the last one for what it is. */
  accept_shrink: z.boolean().nullish(),
  /** A failed run whose stored feed is gone on with; nothing is downloaded. */
  resume_run_id: z.int().positive().nullish(),
  /** Pub/Sub's id of the message that started the execution. */
  message_id: z.string().nullish(),
});

export type DownloadRequest = z.infer<typeof downloadRequest>;

/** Pointers and counts only: the records are in `object`, their byte ranges in `sync_chunks`. */
export interface DownloadResponse {
  readonly run_id: number;
  readonly records_total: number;
  readonly chunks_total: number;
  /** Name of the feed object in the bucket. */
  readonly object: string;
  /** The run that the same Pub/Sub message has started before: there is nothing to do. */
  readonly duplicate_of?: number;
}
