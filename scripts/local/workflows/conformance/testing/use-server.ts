import type { ServerResponse } from 'node:http';
import { afterEach } from 'vitest';
import { type Received, startServer, type TestServer } from './start-server.ts';

type Answer = (request: Received, response: ServerResponse) => void;

/** Returns a function that starts a server, which is closed after each test. */
export function useServer(): (answer: Answer) => Promise<TestServer> {
  const open: { server?: TestServer } = {};
  afterEach(() => open.server?.close());
  return async (answer) => {
    open.server = await startServer(answer);
    return open.server;
  };
}

/** Answers every request with the same JSON. */
export function answerJson(body: string): Answer {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  };
}
