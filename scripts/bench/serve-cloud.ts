// Runs a local cloud in a separate process, so neither its memory nor its work mixes with the
// benchmark's. It ends with its parent.
import { Storage } from '@google-cloud/storage';
import { FUNCTION_NAMES } from '../../functions/function-names.ts';
import { storageOptions } from '../../functions/shared/endpoint.ts';
import { startLocalCloud, WORKFLOW_NAME } from '../local/start-local-cloud.ts';
import { createCallClock, sumCalls } from './call-times.ts';
import type { CloudAnswers, CloudReply, CloudRequest } from './cloud-protocol.ts';
import { measureEngine } from './measure-engine.ts';
import { timeExecution } from './time-execution.ts';

type Cloud = Awaited<ReturnType<typeof startLocalCloud>>;

const clock = createCallClock();
let running: Cloud | undefined;

async function start(request: CloudRequest & { kind: 'start' }): Promise<null> {
  running = await startLocalCloud({
    dataDirectory: request.dataDirectory,
    databaseUrl: request.databaseUrl,
    functionsEnvironment: {
      FEED_ALLOWED_HOSTS: request.feedOrigin,
      // Ten times the City's feed is 2.2 GB.
      MAX_FEED_BYTES: String(2 ** 40),
    },
    onFunctionLine: (_name, line) => clock.watch(line),
  });
  return null;
}

async function sync(cloud: Cloud, file_path: string): Promise<CloudAnswers['sync']> {
  await clock.take();
  // Cases follow one another in one database, with feeds of any size.
  const argument = { file_path, accept_shrink: true };
  const { executionId, milliseconds } = await timeExecution(cloud, WORKFLOW_NAME, argument);
  const calls = sumCalls(await clock.take(), milliseconds);
  // Untimed: the objects of many syncs would fill the disk, and writing them back would slow the
  // next case.
  const storage = new Storage(storageOptions(cloud.config));
  await storage.bucket(cloud.config.FEED_BUCKET).deleteFiles({ force: true });
  return { executionId, milliseconds, calls };
}

async function readMemory({ functions }: Cloud): Promise<CloudAnswers['memory']> {
  const peaks = FUNCTION_NAMES.map(
    async (name) => [name, await functions[name].peakRssBytes()] as const,
  );
  const local_cloud = process.resourceUsage().maxRSS * 1024;
  return { ...Object.fromEntries(await Promise.all(peaks)), 'local cloud': local_cloud };
}

async function answer(request: CloudRequest): Promise<CloudAnswers[CloudRequest['kind']]> {
  if (request.kind === 'start') return start(request);
  if (running === undefined) throw new Error('The cloud has not been started');
  if (request.kind === 'sync') return sync(running, request.url);
  if (request.kind === 'engine') return measureEngine(running, request.chunks);
  if (request.kind === 'memory') return readMemory(running);
  await running.stop();
  return null;
}

function reply(message: CloudReply): void {
  process.send?.(message);
}

process.on('message', (request: CloudRequest) => {
  answer(request).then(
    (value) => {
      reply({ answer: value });
      if (request.kind === 'stop') process.disconnect();
    },
    (error: unknown) => reply({ error: error instanceof Error ? error.message : String(error) }),
  );
});
// Ctrl-C reaches every process of the terminal; the parent stops this one.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit(0));
