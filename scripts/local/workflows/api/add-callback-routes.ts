import express, { type Request, type Router } from 'express';
import { ApiError } from '../errors/api-error.ts';
import { decodeResponse } from '../http/decode-response.ts';
import { type MapValue, mapOf } from '../values/value.ts';
import { findExecution } from './find-resource.ts';
import { answerList } from './list/answer-list.ts';
import { readPath } from './request/read-request.ts';
import type { RouterOptions } from './router-options.ts';

/** Adds the callback endpoints of executions. Call it before bodies are parsed as JSON. */
export function addCallbackRoutes(api: Router, options: RouterOptions): void {
  const { callbacks, clock } = options;
  const path = '/workflows/:workflow/executions/:execution/callbacks';

  const readParent = (request: Request) => findExecution(request, options).name;

  api.get(path, (request, response) => {
    const { items, next } = answerList(request, callbacks.list(readParent(request)), {
      pageSize: { usual: 100, maximum: 100 },
    });
    response.json({ callbacks: items, ...next });
  });

  api.all(
    `${path}/:callback`,
    express.raw({ type: () => true, limit: '1mb' }),
    (request, response) => {
      const name = `${readParent(request)}/callbacks/${readPath(request, 'callback')}`;
      const taken = callbacks.deliver(name, request.method, describeRequest(request, clock.now()));
      if (taken === 'unknown') throw new ApiError('NOT_FOUND', 'callback does not exist');
      if (taken === 'wrong-method') {
        throw new ApiError('FAILED_PRECONDITION', `the callback does not take ${request.method}`);
      }
      response.json({});
    },
  );
}

function describeRequest(request: Request, now: number): MapValue {
  const bytes = Buffer.isBuffer(request.body) ? new Uint8Array(request.body) : new Uint8Array();
  const headers = Object.entries(request.headers).map(
    ([name, value]) => [name, String(value)] as const,
  );
  const query = Object.entries(request.query).map(
    ([name, value]) => [name, Array.isArray(value) ? value.map(String) : String(value)] as const,
  );
  return mapOf([
    [
      'http_request',
      mapOf([
        [
          'body',
          bytes.byteLength === 0 ? null : decodeResponse(bytes, request.get('content-type')),
        ],
        ['headers', mapOf(headers)],
        ['method', request.method],
        ['query', mapOf(query)],
        ['url', request.originalUrl],
      ]),
    ],
    ['received_time', new Date(now * 1000).toISOString()],
    ['type', 'HTTP'],
  ]);
}
