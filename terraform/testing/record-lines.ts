import { Writable } from 'node:stream';
import { createLog, type Log } from '../../functions/shared/log.ts';

/** The log that functions write in the cloud, and the lines that it has written. */
export function recordLines(): { readonly log: Log; readonly lines: readonly string[] } {
  const lines: string[] = [];
  const stream = new Writable({
    write(line, _, done) {
      lines.push(String(line).trimEnd());
      done();
    },
  });
  return { log: createLog(stream), lines };
}
