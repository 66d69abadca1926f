import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkCaller } from '../../../functions/shared/check-caller.ts';
import { isPath } from '../../../functions/shared/guard-requests.ts';
import { LOOPBACK_HOSTS } from './loopback-hosts.ts';
import { type DescribeRefusal, describeRefusal, refuse } from './refuse.ts';

export interface Listening {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts an HTTP server on the loopback interface, which serves this machine's programs and its own
 * pages only. Port 0 picks any free port.
 *
 * @param describe builds the body of a refusal in the form of the server's API
 * @throws Error that names the port when it is taken
 */
export async function listen(
  handler: RequestListener,
  port: number,
  describe: DescribeRefusal = describeRefusal,
): Promise<Listening> {
  const server: Server = createServer((request, response) => {
    const { headers, url = '' } = request;
    const complaint = checkCaller(headers, LOOPBACK_HOSTS);
    if (complaint !== undefined) return refuse(response, 403, complaint, describe);
    if (isPath(url)) return handler(request, response);
    return refuse(response, 400, `The path ${JSON.stringify(url)} is not valid`, describe);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(
              `Port ${port} is taken: give --cloud-port another one, or 0 for any free port`,
            )
          : error,
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
