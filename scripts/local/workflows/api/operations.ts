import { LoadError } from '../source/load-error.ts';

/** A long-running operation that is done already, in the form of the Workflows API v1. */
export type Operation = {
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly done: true;
} & (
  | { readonly response: object }
  /** A google.rpc.Status. */
  | { readonly error: { readonly code: number; readonly message: string } }
);

export interface Operations {
  /** Does the work at once. A source that does not build is the operation's error. Throws what else the work throws. */
  perform(verb: string, target: string, work: () => object): Operation;
  find(name: string): Operation | undefined;
  /** Newest first. */
  list(): readonly Operation[];
  remove(name: string): void;
}

const MOST_OPERATIONS = 100;
const INVALID_ARGUMENT = 3;

/** Deployments are done at once, but clients ask for the operation until it says so. */
export function createOperations(options: {
  readonly parent: string;
  /** Unix seconds */
  readonly now: () => number;
  readonly newId: () => string;
}): Operations {
  const byName = new Map<string, Operation>();
  return {
    perform(verb, target, work) {
      const outcome = settle(work);
      const time = new Date(options.now() * 1000).toISOString();
      const operation: Operation = {
        name: `${options.parent}/operations/${options.newId()}`,
        metadata: {
          '@type': 'type.googleapis.com/google.cloud.workflows.v1.OperationMetadata',
          createTime: time,
          endTime: time,
          target,
          verb,
          apiVersion: 'v1',
        },
        done: true,
        ...outcome,
      };
      byName.set(operation.name, operation);
      const [oldest] = byName.keys();
      if (byName.size > MOST_OPERATIONS && oldest !== undefined) byName.delete(oldest);
      return operation;
    },
    find: (name) => byName.get(name),
    list: () => [...byName.values()].reverse(),
    remove: (name) => byName.delete(name),
  };
}

// What gcloud prints, `[INVALID_ARGUMENT] failed to build: …`, it prints of operations only.
function settle(work: () => object) {
  try {
    return { response: work() };
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    return { error: { code: INVALID_ARGUMENT, message: error.message } };
  }
}
