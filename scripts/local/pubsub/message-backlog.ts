import { z } from 'zod';
import { type PubsubMessage, pubsubMessageSchema } from './pubsub-resources.ts';

export const backlogEntrySchema = z.object({
  message: pubsubMessageSchema,
  /** Deliveries so far. */
  attempts: z.int(),
  /** In milliseconds since 1970. Until then the message is leased, or backs off after a refusal. */
  availableAt: z.number(),
});

/** A message that a subscription has not acknowledged. */
export type BacklogEntry = Readonly<z.infer<typeof backlogEntrySchema>>;

/** The messages that a subscription still has to deliver, oldest first. */
export interface MessageBacklog {
  entries(): readonly BacklogEntry[];
  available(now: number): readonly BacklogEntry[];
  add(message: PubsubMessage): void;
  remove(messageId: string): void;
  /** Leases a message until the given time; each lease counts as an attempt. */
  lease(messageId: string, until: number): BacklogEntry | undefined;
  /** Moves the end of a lease, if it is still its message's latest one. */
  postpone(ackId: string, until: number): BacklogEntry | undefined;
}

export function createMessageBacklog(stored: readonly BacklogEntry[] = []): MessageBacklog {
  const backlog = new Map(stored.map((entry) => [entry.message.messageId, entry]));

  function replace(messageId: string, change: (entry: BacklogEntry) => BacklogEntry) {
    const entry = backlog.get(messageId);
    const changed = entry && change(entry);
    if (changed !== undefined) {
      backlog.set(messageId, changed);
    }
    return changed;
  }

  return {
    entries: () => [...backlog.values()],
    available: (now) => [...backlog.values()].filter(({ availableAt }) => availableAt <= now),
    add: (message) => {
      backlog.set(message.messageId, { message, attempts: 0, availableAt: 0 });
    },
    remove: (messageId) => {
      backlog.delete(messageId);
    },
    lease: (messageId, until) =>
      replace(messageId, (entry) => ({
        ...entry,
        attempts: entry.attempts + 1,
        availableAt: until,
      })),
    postpone: (ackId, until) => {
      const { messageId, attempts } = parseAckId(ackId);
      return backlog.get(messageId)?.attempts === attempts
        ? replace(messageId, (entry) => ({ ...entry, availableAt: until }))
        : undefined;
    },
  };
}

/** Creates an id for one delivery of a message. */
export function createAckId({ message, attempts }: BacklogEntry): string {
  return Buffer.from(`${message.messageId}:${attempts}`).toString('base64url');
}

export function parseAckId(ackId: string): { messageId: string; attempts: number } {
  const [messageId = '', attempts = ''] = Buffer.from(ackId, 'base64url').toString().split(':');
  return { messageId, attempts: Number(attempts) };
}
