import { z } from 'zod';
import type { SyncRun } from '../shared/schema.ts';
import { filePath } from '../shared/stored-text.ts';

/**
 * `POST /api/sync`. A missing or blank path has an error message of its own. Strict: a misspelt
 * `partial` would otherwise mark the permits that a part of the feed lacks as removed.
 */
export const startSyncRequest = z.strictObject({
  file_path: z.string().trim().pipe(filePath),
  /** The feed is only a part of the City's. */
  partial: z.boolean().optional(),
  /** Accepts a whole feed that is far smaller than the last ones. */
  accept_shrink: z.boolean().optional(),
  /** Accepts a feed that lacks columns which the last whole feed had. */
  accept_drift: z.boolean().optional(),
  /** Accepts a feed that was fetched before one which has been stored. */
  accept_outdated: z.boolean().optional(),
  /** Only checks the feed; what the checks find is in the run's warnings. */
  dry_run: z.boolean().optional(),
});

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
