import { expect, test } from 'vitest';
import { createEventarcEvent } from './create-eventarc-event.ts';

test('the event carries the message, still in base64, under data.message', () => {
  const message = { data: 'e30=', messageId: '17', publishTime: '2026-01-05T11:00:00.000Z' };
  const subscription = {
    name: 'projects/p/subscriptions/sub',
    topic: 'projects/p/topics/sync-trigger',
  };
  expect(createEventarcEvent(message, subscription)).toEqual({
    id: '17',
    source: '//pubsub.googleapis.com/projects/p/topics/sync-trigger',
    specversion: '1.0',
    type: 'google.cloud.pubsub.topic.v1.messagePublished',
    datacontenttype: 'application/json',
    time: '2026-01-05T11:00:00.000Z',
    data: { message, subscription: 'projects/p/subscriptions/sub' },
  });
});
