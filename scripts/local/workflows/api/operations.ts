import { LoadError } from '../source/load-error.ts';

/** A long-running operation that is already done, in the form of the Workflows API v1. */
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
  /**
   * Does the work at once. A LoadError becomes the operation's error.
   *
   * @throws any other error of the work.
   */
  perform(verb: string, target: string, work: () => object): Operation;
  find(name: string): Operation | undefined;
  /** Newest first. */
  list(): readonly Operation[];
  remove(name: string): void;
}

const MOST_OPERATIONS = 100;
const INVALID_ARGUMENT = 3;

/** Keeps operations for clients that poll them. Deployments are in fact done at once. */
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

// gcloud prints `[INVALID_ARGUMENT] failed to build: …` only for operations.
function settle(work: () => object) {
  try {
    return { response: work() };
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    return { error: { code: INVALID_ARGUMENT, message: error.message } };
  }
}
