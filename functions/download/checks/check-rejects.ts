import { permanent, type SyncError } from '../../shared/errors.ts';
import { areTooManyRejects } from '../../shared/too-many-rejects.ts';
import type { Rehearsed } from './rehearsal.ts';

/**
 * Checks that not too many records are rejects, as finalize does again with their exact number.
 *
 * @returns `too_many_rejects` (422), which names the most frequent reason.
 */
export function checkRejects(
  { isEstimate, records, rejects, reasons }: Rehearsed,
  maxPercent: number,
  runId: number,
): SyncError | undefined {
  if (!areTooManyRejects(rejects, records, maxPercent)) return undefined;
  const percent = ((100 * rejects) / records).toFixed(1);
  const [[reason, most] = []] = [...reasons].sort(([, a], [, b]) => b - a);
  const share = `${isEstimate ? 'about ' : ''}${rejects} of ${records} records (${percent} %)`;
  const message = `Cannot store ${share}, more than the allowed ${maxPercent} %; ${most} because of: ${reason}`;
  return permanent('too_many_rejects', message, {
    runId,
    hint: 'Compare the feed with functions/shared/mapping, or raise MAX_REJECTED_PERCENT',
  });
}
