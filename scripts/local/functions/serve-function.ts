// The process of one function: `node serve-function.ts NAME PORT`. Unlike the framework's own
// command it can serve on the loopback interface only, and it ends with its parent.
import type { AddressInfo } from 'node:net';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import '../../../functions/index.ts';

const [, , name = '', port = '0'] = process.argv;
const server = getTestServer(name);

server.once('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
server.listen(Number(port), '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});

process.on('message', () => {
  process.send?.({ peakRssBytes: process.resourceUsage().maxRSS * 1024 });
});
// Ctrl-C reaches every process of the terminal, but the parent decides when to stop.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  // Otherwise connections that are kept alive would bring more calls.
  server.prependListener('request', (_request, response) =>
    response.setHeader('connection', 'close'),
  );
});
process.on('disconnect', () => process.exit(0));
