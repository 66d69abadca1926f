import type { DeadLetter } from './dead-letter-queue.ts';

/** One line for people: the letter's run, what is stored of it, its failed chunks and its error. */
export function describeLetter(letter: DeadLetter): string {
  const { run_id, execution_id, failed_chunks, chunks_done, chunks_total } = letter;
  const parts = [run_id === null ? `execution ${execution_id}` : `run ${run_id}`];
  if (chunks_done) parts.push(`${chunks_done} of ${chunks_total} chunks stored`);
  if (failed_chunks.length > 0) parts.push(`failed: ${failed_chunks.join(', ')}`);
  return [...parts, describeError(letter)].join('  ');
}

/** The message begins with the code if it comes from the run's row. */
function describeError({ error_code, error_message }: DeadLetter): string {
  const hasCode = error_code == null || error_message.startsWith(error_code);
  return hasCode ? error_message : `${error_code}: ${error_message}`;
}
