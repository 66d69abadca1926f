import { z } from 'zod';

const duration = z.string().regex(/^\d+(\.\d{1,9})?s$/, 'not a duration like "600s"');
const topicName = z
  .string()
  .regex(
    /^projects\/[^/]+\/topics\/(?!goog)[A-Za-z][\w.~+%-]{2,254}$/,
    'not a topic name like "projects/my-project/topics/my-topic"',
  );

export const topicSchema = z.looseObject({ name: topicName });

/** A topic. Fields that the stand-in does not use are kept and returned unchanged. */
export type Topic = Readonly<z.infer<typeof topicSchema>>;

export const pushConfigSchema = z.looseObject({
  pushEndpoint: z.url().or(z.literal('')).optional(),
});

export const subscriptionSchema = z.looseObject({
  name: z
    .string()
    .regex(
      /^projects\/[^/]+\/subscriptions\/(?!goog)[A-Za-z][\w.~+%-]{2,254}$/,
      'not a subscription name like "projects/my-project/subscriptions/my-subscription"',
    ),
  topic: z.string(),
  pushConfig: pushConfigSchema.nullish().transform((config) => config ?? {}),
  ackDeadlineSeconds: z
    .int()
    .refine((seconds) => seconds === 0 || (seconds >= 10 && seconds <= 600), 'not 10 to 600')
    .nullish()
    .transform((seconds) => seconds || 10),
  messageRetentionDuration: duration.nullish().transform((text) => text ?? '604800s'),
  deadLetterPolicy: z
    .object({
      deadLetterTopic: topicName,
      maxDeliveryAttempts: z
        .int()
        .refine((attempts) => attempts === 0 || (attempts >= 5 && attempts <= 100), 'not 5 to 100')
        .nullish()
        .transform((attempts) => attempts || 5),
    })
    .nullish(),
  retryPolicy: z
    .object({
      minimumBackoff: duration.nullish().transform((text) => text ?? '10s'),
      maximumBackoff: duration.nullish().transform((text) => text ?? '600s'),
    })
    .nullish(),
});

export type Subscription = Readonly<z.infer<typeof subscriptionSchema>>;

// Base64 in either alphabet, as protobuf's JSON mapping accepts it.
const base64 = z.string().regex(/^[A-Za-z0-9+/_-]*={0,2}$/, 'not base64');

export const newMessageSchema = z
  .object({
    data: base64.nullish(),
    attributes: z.record(z.string().min(1).max(256), z.string().max(1024)).nullish(),
    orderingKey: z.string().nullish(),
  })
  .refine(
    ({ data, attributes }) => Boolean(data) || Object.keys(attributes ?? {}).length > 0,
    'The message must have data or at least one attribute',
  );

/** A message to publish: `data` is base64. */
export type NewMessage = Readonly<z.infer<typeof newMessageSchema>>;

export const pubsubMessageSchema = z.object({
  data: z.string().optional(),
  attributes: z.record(z.string(), z.string()).optional(),
  orderingKey: z.string().optional(),
  messageId: z.string(),
  publishTime: z.string(),
});

/** A delivered message: `data` is base64, `publishTime` is RFC 3339. */
export type PubsubMessage = Readonly<z.infer<typeof pubsubMessageSchema>>;

/** One delivery of a message; `attempts` starts at 1 and includes this one. */
export interface Delivery {
  readonly ackId: string;
  readonly message: PubsubMessage;
  readonly attempts: number;
}

/** Converts a duration like "600s" to milliseconds. */
export function parseDurationMs(duration: string): number {
  return Number.parseFloat(duration) * 1000;
}
