import { once } from 'node:events';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { runSnippet } from '../conformance/testing/run-snippet.ts';
import { useServer } from '../conformance/testing/use-server.ts';
import { createNodeFetch } from './create-node-fetch.ts';
import type { Fetch } from './fetch.ts';

const serve = useServer();

async function post(fetch: Fetch, url: string): Promise<number> {
  const { signal } = new AbortController();
  const init = { method: 'POST', headers: {}, redirect: 'manual', signal } as const;
  const { status, body } = await fetch(url, init);
  for await (const _part of body ?? []);
  return status;
}

/** A server that never closes a connection, and the connections it has accepted. */
async function serveOnSockets() {
  const sockets: Socket[] = [];
  const { url } = await serve((_request, response) => {
    const { socket } = response;
    if (socket === null) throw new Error('a response without a connection');
    // Switch off Node's time-out of idle connections.
    socket.setTimeout = () => socket;
    sockets.push(socket);
    response.writeHead(204).end();
  });
  return { url, sockets };
}

test('consecutive calls of a workflow share a connection', async () => {
  const { url, sockets } = await serveOnSockets();
  const call = `call: http.post\n    args: {url: "${url}", body: {a: 1}}`;
  const { error } = await runSnippet(`- first:\n    ${call}\n- second:\n    ${call}\n`);
  expect(error).toBeUndefined();
  expect(sockets).toHaveLength(2);
  expect(new Set(sockets).size).toBe(1);
});

test('an idle connection is closed before the server closes it', async () => {
  const { url, sockets } = await serveOnSockets();
  await post(createNodeFetch(), url);
  const [socket] = sockets;
  if (socket === undefined) throw new Error('no connection');
  // The client closes it; the server never does.
  await once(socket, 'end');
  expect(socket.readableEnded).toBe(true);
});

test('a connection closed by the server is not reused', async () => {
  const { url, sockets } = await serveOnSockets();
  const fetch = createNodeFetch();
  await post(fetch, url);
  const [socket] = sockets;
  if (socket === undefined) throw new Error('no connection');
  const closed = once(socket, 'close');
  socket.end();
  await closed;
  expect(await post(fetch, url)).toBe(204);
  expect(new Set(sockets).size).toBe(2);
});
