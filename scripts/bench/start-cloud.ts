import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { CloudAnswers, CloudReply, CloudRequest } from './cloud-protocol.ts';

const SCRIPT = fileURLToPath(new URL('./serve-cloud.ts', import.meta.url));

type Request<Kind extends CloudRequest['kind']> = CloudRequest & { readonly kind: Kind };

export interface CloudProcess {
  sync(url: string): Promise<CloudAnswers['sync']>;
  /** Milliseconds of the workflow alone, when functions answer at once. */
  measureEngine(chunks: number): Promise<number>;
  /** Peak resident memory so far of each function and of the local cloud, in bytes. */
  readMemory(): Promise<CloudAnswers['memory']>;
  stop(): Promise<void>;
}

/**
 * Starts a local cloud with its functions in a separate process. `signal` ends it at once, because
 * a workflow would keep retrying for about 20 minutes.
 */
export async function startCloud(
  options: Omit<Request<'start'>, 'kind'>,
  signal: AbortSignal,
): Promise<CloudProcess> {
  const child = fork(SCRIPT, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: [],
    signal,
  });
  child.on('error', () => {});
  const exited = once(child, 'exit').then((): never => {
    throw new Error('The process of the local cloud ended');
  });
  exited.catch(() => {});

  const ask = async <Kind extends CloudRequest['kind']>(
    request: Request<Kind>,
  ): Promise<CloudAnswers[Kind]> => {
    child.send(request);
    const [reply] = (await Promise.race([once(child, 'message'), exited])) as [CloudReply];
    if ('error' in reply) throw new Error(reply.error);
    return reply.answer as CloudAnswers[Kind];
  };

  try {
    await ask({ kind: 'start', ...options });
  } catch (error) {
    child.kill();
    throw error;
  }
  return {
    sync: (url) => ask({ kind: 'sync', url }),
    measureEngine: (chunks) => ask({ kind: 'engine', chunks }),
    readMemory: () => ask({ kind: 'memory' }),
    async stop() {
      if (!child.connected) return;
      await ask({ kind: 'stop' });
      await exited.catch(() => {});
    },
  };
}
