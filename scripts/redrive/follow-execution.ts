import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionsClient } from '@google-cloud/workflows';
import { isActive } from '../../functions/shared/executions.ts';

const FIRST_POLL_MS = 250;
const LONGEST_POLL_MS = 5_000;

/** How an execution ended. */
export interface Ending {
  readonly succeeded: boolean;
  /** Code of the error, if a function or the workflow named one. */
  readonly code: string | undefined;
  readonly message: string;
}

interface RaisedError {
  readonly code?: unknown;
  readonly message?: string;
  readonly body?: { readonly error?: { readonly code?: string; readonly message?: string } };
}

/** The name in REST, the number in gRPC. */
const SUCCEEDED = new Set<unknown>(['SUCCEEDED', 2]);

/** Waits until an execution ends; calls `onPoll` at most every five seconds until then. */
export async function followExecution(
  client: ExecutionsClient,
  name: string,
  onPoll: () => Promise<void>,
): Promise<Ending> {
  for (let wait = FIRST_POLL_MS; ; wait = Math.min(2 * wait, LONGEST_POLL_MS)) {
    const [{ state, error }] = await client.getExecution({ name });
    if (!isActive(state)) {
      return { succeeded: SUCCEEDED.has(state), ...readError(error?.payload, String(state)) };
    }
    await onPoll();
    await delay(wait);
  }
}

function readError(payload: string | null | undefined, state: string) {
  const raised = parse(payload);
  const { code, message } = raised?.body?.error ?? {};
  const ownCode = typeof raised?.code === 'string' ? raised.code : undefined;
  return { code: code ?? ownCode, message: message ?? raised?.message ?? payload ?? state };
}

function parse(payload: string | null | undefined): RaisedError | null {
  try {
    return JSON.parse(payload ?? 'null');
  } catch {
    return null;
  }
}
