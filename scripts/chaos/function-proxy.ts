import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

const JSON_TYPE = { 'content-type': 'application/json' };

export interface FunctionProxy {
  readonly url: string;
  /** Answers 503 to every open call; the function continues its work. */
  answer503(): void;
  /** Breaks the connection of every open call. */
  cut(): void;
  /** Resolves once the function has ended every call, even those that the workflow gave up. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts a proxy between the workflow and a function. A call waits until the function is running:
 * this stands for the time between two attempts, in which the platform restarts a dead process.
 */
export async function startFunctionProxy(findUrl: () => Promise<string>): Promise<FunctionProxy> {
  const open = new Set<ServerResponse>();
  const calls = new Set<Promise<void>>();
  const passOn = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request);
    open.add(response.on('close', () => open.delete(response)));
    try {
      const answer = await fetch(await findUrl(), { method: 'POST', headers: JSON_TYPE, body });
      respond(response, answer.status, await answer.text());
    } catch {
      response.destroy();
    }
  };
  const server = createServer((request, response) => {
    const call = passOn(request, response);
    calls.add(call);
    call.finally(() => calls.delete(call));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer503() {
      for (const response of open) respond(response, 503, '"the proxy says 503"');
    },
    cut() {
      for (const response of open) response.destroy();
    },
    async settle() {
      await Promise.all(calls);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Answers, unless the call has been answered or cut already. */
function respond(response: ServerResponse, status: number, body: string): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, JSON_TYPE).end(body);
}
