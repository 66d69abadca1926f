import type { Domain } from 'node:domain';
import type { HttpFunction, Request, Response } from '@google-cloud/functions-framework';
import type { ZodType } from 'zod';
import type { Context } from './context.ts';
import { classifyError, permanent, type SyncError } from './errors.ts';
import { findRefusal } from './guard-requests.ts';
import { type Log, traceFields } from './log.ts';
import { withoutQueries } from './without-query.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true });
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

/** Response body of a failed call: `code` for machines, `message` and `hint` for people. */
export interface ErrorBody {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly run_id?: number;
    readonly hint?: string;
  };
}

export function toErrorBody({ code, message, runId, hint }: SyncError): ErrorBody {
  return {
    error: {
      code,
      message,
      ...(runId === undefined ? {} : { run_id: runId }),
      ...(hint === undefined ? {} : { hint }),
    },
  };
}

/** @throws SyncError `invalid_request` (400) that names each field at fault. */
export function parseRequest<T>(contract: ZodType<T>, body: unknown): T {
  const parsed = contract.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => [...path, message].join(': '));
  throw permanent('invalid_request', faults.join('; '), { status: 400 });
}

/** @throws SyncError `invalid_request` (400) for a body that is not JSON in UTF-8. */
export function parseJsonBody({ rawBody }: Request): unknown {
  if (rawBody === undefined || rawBody.byteLength === 0) return undefined;
  try {
    return JSON.parse(UTF8.decode(rawBody));
  } catch (error) {
    // The rest of the parser's message may repeat the body.
    const [place = ''] = / at position \d+/.exec(String(error)) ?? [];
    throw permanent('invalid_request', `The body is not valid JSON in UTF-8${place}`, {
      status: 400,
    });
  }
}

export type RespondToError = (error: SyncError, response: Response) => void;

const respondWithErrorBody: RespondToError = (error, response) => {
  response.status(error.status).json(toErrorBody(error));
};

/**
 * Leaves the `node:domain` in which the functions framework runs each call to catch stray errors.
 * An endpoint catches its errors itself, and every promise and stream created in a domain costs
 * more time and memory.
 */
function leaveDomain(): void {
  (process as { domain?: Domain | null }).domain?.exit();
}

/**
 * Creates an HTTP function named `step`, which logs its start and end, runs `handle`, and answers
 * an error with a status that says whether it is transient (503), permanent (4xx) or a bug (500).
 * The workflow retries every 5xx, a bug too.
 */
export function createEndpoint(
  context: Context,
  step: string,
  handle: (context: Context, request: Request, response: Response) => Promise<void>,
  respondToError: RespondToError = respondWithErrorBody,
): HttpFunction {
  const serve = async (request: Request, response: Response): Promise<void> => {
    const fields = traceFields(context.config.GOOGLE_CLOUD_PROJECT, request.headers);
    const log: Log = (severity, message, event) => context.log(severity, message, event, fields);
    const startedAt = performance.now();
    const elapsed = () => Math.round(performance.now() - startedAt);
    log('DEBUG', `${step} started`, { event: 'call_started', step });
    try {
      const refusal = findRefusal(request);
      if (refusal !== undefined) throw refusal;
      await handle({ ...context, log }, request, response);
      log('DEBUG', `${step} completed`, { event: 'call_completed', step, duration_ms: elapsed() });
    } catch (thrown) {
      const error = classifyError(thrown);
      log(error.outcome === 'bug' ? 'ERROR' : 'WARNING', `${step} failed: ${error.message}`, {
        event: 'call_failed',
        step,
        duration_ms: elapsed(),
        code: error.code,
        status: error.status,
        ...(error.runId === undefined ? {} : { run_id: error.runId }),
        ...(error.outcome === 'bug' && thrown instanceof Error && thrown.stack
          ? { stack: withoutQueries(thrown.stack) }
          : {}),
      });
      if (response.headersSent) response.destroy();
      else respondToError(error, response);
    }
  };
  return (request, response) => {
    // Not in an async function, because its promise would restore the domain.
    leaveDomain();
    return serve(request, response);
  };
}

/** Creates an endpoint that takes a POST of the contract's request and answers with JSON. */
export function createJsonEndpoint<I, O>(
  context: Context,
  step: string,
  contract: ZodType<I>,
  work: (context: Context, request: I) => Promise<O>,
): HttpFunction {
  return createEndpoint(context, step, async (callContext, request, response) => {
    if (request.method !== 'POST') {
      throw permanent('method_not_allowed', `${step} takes POST, not ${request.method}`, {
        status: 405,
      });
    }
    const type = request.get('content-type');
    if (type !== undefined && !JSON_TYPE.test(type)) {
      throw permanent('invalid_request', `Content-Type is ${type}; send application/json`, {
        status: 400,
      });
    }
    response.json(await work(callContext, parseRequest(contract, parseJsonBody(request))));
  });
}
