import type { FeedRecord } from '../../functions/shared/testing/permit-record.ts';
import { type Listening, listen } from '../local/rest/listen.ts';

export interface FeedPortal extends Listening {
  /** Replaces the feed that is served. */
  publish(records: readonly FeedRecord[]): void;
}

/** Serves a feed in two halves and awaits `watch` between them. */
export async function startFeedPortal(watch: () => Promise<void>): Promise<FeedPortal> {
  let text = '[]';
  const server = await listen(async (_request, response) => {
    const sent = text;
    const half = Math.floor(sent.length / 2);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(sent.slice(0, half));
    await watch();
    response.end(sent.slice(half));
  }, 0);
  return {
    ...server,
    publish(records) {
      text = JSON.stringify(records);
    },
  };
}
