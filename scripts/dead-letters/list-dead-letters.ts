import {
  openDeadLetterQueue,
  type PulledLetter,
  type QueueOptions,
} from '../shared/dead-letter-queue.ts';
import { describeLetter } from '../shared/describe-letter.ts';

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

/** The letter's age, run, chunks and error in a line, and below it what to do, if that is known. */
export function formatLetter({ publishedAt, letter }: PulledLetter): string {
  const hours = ((Date.now() - publishedAt.getTime()) / HOUR_MILLISECONDS).toFixed(1);
  const hint = letter.error_hint == null ? '' : `       ${letter.error_hint}\n`;
  return `${hours} h  ${describeLetter(letter)}\n${hint}`;
}
