import type { DeadLetter } from '../shared/dead-letter-queue.ts';

/** What the operator adds to the argument of a letter. */
export interface ArgumentOptions {
  /** The URL to sync, with its query. */
  readonly url?: string;
  readonly acceptShrink?: boolean;
  readonly acceptDrift?: boolean;
  readonly acceptOutdated?: boolean;
}

/** Failures after which the stored object is only what arrived of the feed, or no feed. */
const NOT_WHOLE: ReadonlySet<string> = new Set([
  'feed_not_json',
  'feed_truncated',
  'feed_malformed',
  'feed_too_large',
]);

/**
 * Composes the argument of the execution that runs a letter's sync again. Its trigger is the
 * operator, not the old message.
 *
 * @throws Error if the letter's argument had a URL whose query is lost.
 */
export function composeArgument(letter: DeadLetter, options: ArgumentOptions): string {
  const { message_id: _, ...argument } = letter.argument;
  return JSON.stringify({
    ...argument,
    ...chooseFeed(letter, options.url),
    ...(options.acceptShrink && { accept_shrink: true }),
    ...(options.acceptDrift && { accept_drift: true }),
    ...(options.acceptOutdated && { accept_outdated: true }),
    trigger: 'manual',
  });
}

/**
 * A run with failed chunks is resumed; the sync of any other starts again. A URL whose query was
 * removed from the letter is replaced by the feed that was stored from it.
 */
function chooseFeed(letter: DeadLetter, url: string | undefined): object {
  if (url !== undefined) return { file_path: url, resume_run_id: undefined };
  // A resumed run whose chunks are all done failed after them; it is resumed, not the one before.
  const hasStored = letter.argument.resume_run_id != null && (letter.chunks_done ?? 0) > 0;
  if (letter.failed_chunks.length > 0 || hasStored) return { resume_run_id: letter.run_id };
  if (!letter.file_path_had_query) return {};
  const isStored = letter.snapshot_path != null && !NOT_WHOLE.has(letter.error_code ?? '');
  if (isStored) return { file_path: letter.snapshot_path };
  const name = letter.run_id === null ? letter.execution_id : `run ${letter.run_id}`;
  throw new Error(
    `The letter of ${name} has ${letter.argument.file_path ?? 'a URL'} without its query, which is ` +
      'not kept, and the feed was not stored: give the whole URL with --url',
  );
}
