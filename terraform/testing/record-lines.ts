import { Writable } from 'node:stream';
import { createLog, type Log } from '../../functions/shared/log.ts';

/** Creates the log that functions use in the cloud, and records the lines it writes. */
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
