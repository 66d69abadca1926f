import { z } from 'zod';
import type { SyncRun } from '../shared/schema.ts';

/** `POST /api/sync`. A missing or blank path has an error message of its own. */
export const startSyncRequest = z.object({ file_path: z.string().trim().min(1) });

export type StartSyncRequest = z.infer<typeof startSyncRequest>;

/** `GET /api/sync`: up to 20 runs, newest first. */
export interface ListRunsResponse {
  readonly runs: readonly SyncRun[];
}

/** The response to a POST, once the run has completed. */
export interface StartSyncResponse {
  readonly sync_run: SyncRun;
}

/** The response to a failed request; a 400 has `error` only. */
export interface SyncErrorResponse {
  readonly error: string;
  readonly message?: string;
}
