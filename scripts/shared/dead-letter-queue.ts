import { v1 } from '@google-cloud/pubsub';
import { z } from 'zod';
import { gaxOptions } from '../../functions/shared/endpoint.ts';

const SUBSCRIPTION = 'sync-dead-letter';
const PULL_BATCH = 100;
const HOLD_SECONDS = 60;
/** A pull may return nothing although messages remain; two empty pulls in a row mean the end. */
const EMPTY_PULLS = 2;

/** The message that the workflow publishes when it gives up. */
const deadLetter = z.object({
  execution_id: z.string(),
  run_id: z.number().nullable(),
  records_processed: z.number().nullable(),
  attempts: z.number(),
  failed_chunks: z.array(z.number()),
  error_message: z.string(),
  retryable: z.boolean(),
  // The letters of earlier versions lack these.
  error_code: z.string().nullish(),
  error_hint: z.string().nullish(),
  chunks_done: z.number().nullish(),
  chunks_total: z.number().nullish(),
  snapshot_path: z.string().nullish(),
  /** The argument had a URL whose query, which may hold a token, was removed. */
  file_path_had_query: z.boolean().nullish(),
  /** The argument of the execution that failed. */
  argument: z.record(z.string(), z.unknown()),
});

export type DeadLetter = z.infer<typeof deadLetter>;

export interface PulledLetter {
  readonly ackId: string;
  readonly publishedAt: Date;
  readonly letter: DeadLetter;
}

export interface DeadLetterQueue {
  /** Pulls up to `limit` letters, hidden from others until released or for a few seconds. */
  pull(limit: number): Promise<readonly PulledLetter[]>;
  acknowledge(letter: PulledLetter): Promise<void>;
  /** Hides letters from others for another minute. */
  hold(letters: readonly PulledLetter[]): Promise<void>;
  /** Makes letters available to be pulled again. */
  release(letters: readonly PulledLetter[]): Promise<void>;
  close(): Promise<void>;
}

export interface QueueOptions {
  readonly project: string;
  /** Address of a local cloud in place of the Google APIs. */
  readonly endpoint?: string | undefined;
  /** `host:port` of a Pub/Sub emulator. */
  readonly pubsubHost?: string | undefined;
}

/** Opens the pull subscription of the dead-letter topic. Other messages stay in it. */
export function openDeadLetterQueue({
  project,
  endpoint,
  pubsubHost,
}: QueueOptions): DeadLetterQueue {
  const client = new v1.SubscriberClient(
    gaxOptions({
      GOOGLE_CLOUD_PROJECT: project,
      GOOGLE_API_ENDPOINT: pubsubHost ? `http://${pubsubHost}` : endpoint,
    }),
  );
  const subscription = client.subscriptionPath(project, SUBSCRIPTION);

  const pullOnce = async (maxMessages: number) => {
    const [{ receivedMessages }] = await client.pull({
      subscription,
      maxMessages,
      returnImmediately: true,
    });
    return (receivedMessages ?? []).flatMap(({ ackId, message }): PulledLetter[] => {
      const { success, data } = deadLetter.safeParse(parseJson(String(message?.data ?? '')));
      const publishedAt = new Date(Number(message?.publishTime?.seconds ?? 0) * 1000);
      return success && ackId ? [{ ackId, publishedAt, letter: data }] : [];
    });
  };

  const setDeadline = async (letters: readonly PulledLetter[], ackDeadlineSeconds: number) => {
    if (letters.length === 0) return;
    const ackIds = letters.map(({ ackId }) => ackId);
    await client.modifyAckDeadline({ subscription, ackIds, ackDeadlineSeconds });
  };

  return {
    async pull(limit) {
      const pulled: PulledLetter[] = [];
      let empty = 0;
      while (pulled.length < limit && empty < EMPTY_PULLS) {
        const more = await pullOnce(Math.min(PULL_BATCH, limit - pulled.length));
        empty = more.length === 0 ? empty + 1 : 0;
        pulled.push(...more);
      }
      return pulled.sort((a, b) => a.publishedAt.getTime() - b.publishedAt.getTime());
    },
    async acknowledge({ ackId }) {
      await client.acknowledge({ subscription, ackIds: [ackId] });
    },
    hold: (letters) => setDeadline(letters, HOLD_SECONDS),
    release: (letters) => setDeadline(letters, 0),
    close: () => client.close(),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
