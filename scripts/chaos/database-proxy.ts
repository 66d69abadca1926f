import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A moment in the life of one connection, which stands still until `watch` has resolved. */
export interface DatabaseMoment {
  /**
   * Before a statement or part of a COPY's data reaches the server; or after a commit, before its
   * answer reaches the client.
   */
  readonly kind: 'statement' | 'copy-data' | 'committed';
  /** The statements of the transaction so far, oldest first; the last is the current one. */
  readonly transaction: readonly string[];
}

export interface DatabaseProxy {
  /** The server's URL, through the proxy. */
  readonly url: string;
  /** Breaks every connection. */
  cut(): void;
  close(): Promise<void>;
}

/**
 * Starts a proxy between a client and PostgreSQL that reads the client's messages.
 *
 * @param findUrl returns the server's URL, which may change when the server restarts
 * @param watch is awaited at every moment
 */
export async function startDatabaseProxy(
  findUrl: () => Promise<string>,
  watch: (moment: DatabaseMoment) => Promise<void>,
): Promise<DatabaseProxy> {
  const sockets = new Set<Socket>();
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  // A statement is many small messages; without noDelay each would wait for the previous one.
  const server = createServer({ noDelay: true }, async (client) => {
    sockets.add(client);
    client.on('error', () => {}).on('close', () => sockets.delete(client));
    const { hostname, port } = new URL(await findUrl());
    const upstream = connect({ host: hostname, port: Number(port), noDelay: true });
    upstream.on('error', () => {});
    // When one side ends, so does the other: the server rolls back, the client sees a broken
    // connection.
    upstream.on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
    relay(client, upstream, watch).catch(() => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(await findUrl());
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    cut,
    async close() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function relay(
  client: Socket,
  upstream: Socket,
  watch: (moment: DatabaseMoment) => Promise<void>,
): Promise<void> {
  let transaction: readonly string[] = [];
  const toServer = async () => {
    for await (const message of readMessages(client)) {
      const statement = readStatement(message);
      if (statement !== undefined) {
        transaction = statement.startsWith('begin') ? [statement] : [...transaction, statement];
        await watch({ kind: 'statement', transaction });
      } else if (message[0] === COPY_DATA) await watch({ kind: 'copy-data', transaction });
      upstream.write(message);
    }
  };
  const toClient = async () => {
    for await (const bytes of upstream) {
      if (transaction.at(-1) === 'commit') {
        await watch({ kind: 'committed', transaction });
        transaction = [];
      }
      client.write(bytes);
    }
  };
  await Promise.all([toServer(), toClient()]);
}

// Source: https://www.postgresql.org/docs/current/protocol-message-formats.html
const QUERY = 'Q'.charCodeAt(0);
const PARSE = 'P'.charCodeAt(0);
const COPY_DATA = 'd'.charCodeAt(0);
const LENGTH_BYTES = 4;

/** Yields whole messages: a type byte, absent only from the first message; a length; a body. */
async function* readMessages(socket: Socket): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  let typeBytes = 0;
  for await (const bytes of socket) {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= typeBytes + LENGTH_BYTES) {
      const length = typeBytes + rest.readUInt32BE(typeBytes);
      if (rest.length < length) break;
      yield rest.subarray(0, length);
      rest = rest.subarray(length);
      typeBytes = 1;
    }
  }
}

/** The text of a Query or Parse message; in a Parse the prepared statement's name precedes it. */
function readStatement(message: Buffer): string | undefined {
  const [type] = message;
  if (type !== QUERY && type !== PARSE) return undefined;
  const [first, second] = message.toString('utf8', 1 + LENGTH_BYTES).split('\0');
  return type === QUERY ? first : second;
}
