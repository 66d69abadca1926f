import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

const JSON_TYPE = { 'content-type': 'application/json' };

export interface FunctionGate {
  readonly url: string;
  /** Answers 503 to every call in hand, while the function goes on with it. */
  answer503(): void;
  /** Breaks the connection of every call in hand. */
  cut(): void;
  /** Resolves once the function has ended every call, also those that the workflow has given up. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Stands between the workflow and a function. A call waits until the function is there: that is the
 * time between two attempts, in which the platform starts what has died.
 */
export async function startFunctionGate(findUrl: () => Promise<string>): Promise<FunctionGate> {
  const inHand = new Set<ServerResponse>();
  const calls = new Set<Promise<void>>();
  const passOn = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request);
    inHand.add(response.on('close', () => inHand.delete(response)));
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
      for (const response of inHand) respond(response, 503, '"the gate says 503"');
    },
    cut() {
      for (const response of inHand) response.destroy();
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

/** What has been answered, or broken off, stays so. */
function respond(response: ServerResponse, status: number, body: string): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, JSON_TYPE).end(body);
}
