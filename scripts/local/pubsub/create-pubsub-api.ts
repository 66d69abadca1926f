import { Router } from 'express';
import { createStatusErrorHandler, StatusError } from '../rest/status-error.ts';
import { createBroker } from './broker.ts';
import { createBrokerStateFile } from './broker-state.ts';
import { createPostPush } from './post-push.ts';
import { completeClock, type PubsubClock } from './pubsub-clock.ts';
import { createPullWaiters } from './pull-waiters.ts';
import { createPushDeliverer } from './push-deliverer.ts';
import { createSubscriptionRoutes } from './subscription-routes.ts';
import { createTopicRoutes } from './topic-routes.ts';

export interface PubsubApiOptions {
  readonly clock?: PubsubClock;
  /** Keeps topics, subscriptions and messages across restarts. */
  readonly directory?: string;
  readonly log?: (message: string) => void;
}

export interface PubsubApi {
  readonly router: Router;
  /** Stops deliveries and ends the pulls that are waiting. */
  close(): void;
}

// Collections of the service; methods that no route handles are answered with UNIMPLEMENTED.
const UNSUPPORTED_PATHS = ['topics', 'subscriptions', 'snapshots', 'schemas'].map(
  (collection) => `/v1/projects/:project/${collection}`,
);

/** Creates the REST API of Pub/Sub v1: topics, pull and push subscriptions, dead letters. */
export function createPubsubApi(options: PubsubApiOptions = {}): PubsubApi {
  const { directory, log = () => {} } = options;
  const clock = completeClock(options.clock);
  const waiters = createPullWaiters(clock);
  const broker = createBroker({
    now: clock.now,
    stateFile: createBrokerStateFile(directory),
    onAvailable: (subscription) => {
      waiters.wake(subscription);
      deliverer.deliver(subscription);
    },
  });
  const push = createPostPush(clock);
  const deliverer = createPushDeliverer({ broker, push, clock, log });
  for (const { name } of broker.listSubscriptions()) {
    deliverer.deliver(name);
  }

  const router = Router();
  router.use(createTopicRoutes(broker), createSubscriptionRoutes({ broker, waiters, clock }));
  router.use(UNSUPPORTED_PATHS, (request) => {
    const what = `${request.method} ${request.originalUrl}`;
    throw new StatusError('UNIMPLEMENTED', `${what} is not part of the local Pub/Sub`);
  });
  router.use(createStatusErrorHandler((message) => log(`pubsub: ${message}`)));
  return {
    router,
    close: () => {
      deliverer.close();
      waiters.close();
    },
  };
}
