import {
  openDeadLetterQueue,
  type PulledLetter,
  type QueueOptions,
} from '../shared/dead-letter-queue.ts';

const HOUR_MILLISECONDS = 3_600_000;

/** Pulls up to `limit` letters and releases them. */
export async function listDeadLetters(
  options: QueueOptions,
  limit: number,
): Promise<readonly PulledLetter[]> {
  const queue = openDeadLetterQueue(options);
  try {
    const pulled = await queue.pull(limit);
    await queue.release(pulled);
    return pulled;
  } finally {
    await queue.close();
  }
}

/** One line: the letter's age, run, failed chunks and error. */
export function formatLetter({ publishedAt, letter }: PulledLetter): string {
  const hours = ((Date.now() - publishedAt.getTime()) / HOUR_MILLISECONDS).toFixed(1);
  const chunks =
    letter.failed_chunks.length > 0 ? `  chunks ${letter.failed_chunks.join(', ')}` : '';
  return `${hours} h  run ${letter.run_id ?? '?'}${chunks}  ${letter.error_message}\n`;
}
