import express, { type Request, Router } from 'express';
import { z } from 'zod';
import { parseBody } from '../rest/status-error.ts';
import type { Broker } from './broker.ts';
import { newMessageSchema, topicSchema } from './pubsub-resources.ts';

const publishSchema = z.object({ messages: z.array(newMessageSchema).min(1).max(1000) });

type TopicRequest = Request<{ project: string; topic: string }>;

/** Creates `/v1/projects/P/topics`: create, get, list, delete, publish. */
export function createTopicRoutes(broker: Broker): Router {
  const router = Router();
  const readJson = express.json({ type: () => true, limit: '16mb' });

  router.put('/v1/projects/:project/topics/:topic', readJson, (request, response) => {
    const name = createTopicName(request.params);
    response.json(broker.createTopic(parseBody(topicSchema, { ...request.body, name })));
  });

  router.get('/v1/projects/:project/topics/:topic', (request, response) => {
    response.json(broker.getTopic(createTopicName(request.params)));
  });

  router.get('/v1/projects/:project/topics', (request, response) => {
    response.json({ topics: broker.listTopics(request.params.project) });
  });

  router.get('/v1/projects/:project/topics/:topic/subscriptions', (request, response) => {
    const { name: topic } = broker.getTopic(createTopicName(request.params));
    const subscriptions = broker.listSubscriptions(request.params.project);
    response.json({
      subscriptions: subscriptions
        .filter((subscription) => subscription.topic === topic)
        .map(({ name }) => name),
    });
  });

  router.delete('/v1/projects/:project/topics/:topic', (request, response) => {
    broker.deleteTopic(createTopicName(request.params));
    response.json({});
  });

  router.post(
    '/v1/projects/:project/topics/:topic\\:publish',
    readJson,
    (request: TopicRequest, response) => {
      const { messages } = parseBody(publishSchema, request.body);
      response.json({ messageIds: broker.publish(createTopicName(request.params), messages) });
    },
  );

  return router;
}

function createTopicName({ project, topic }: { project: string; topic: string }): string {
  return `projects/${project}/topics/${topic}`;
}
