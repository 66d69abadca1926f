import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { listen } from '../local/rest/listen.ts';
import type { GoogleApis } from '../local/start-google-apis.ts';
import { timeExecution } from './time-execution.ts';

const WORKFLOW = new URL('../../workflows/permit-sync.yaml', import.meta.url);
const WORKFLOW_ID = 'engine-alone';
/** As the local cloud has it. */
const CHUNK_CONCURRENCY = '4';

/**
 * The milliseconds that the sync's workflow takes when every function answers at once: what the
 * engine and its HTTP calls cost. The answers come from this same process and count too.
 */
export async function measureEngine(
  { workflows }: Pick<GoogleApis, 'workflows'>,
  chunks: number,
): Promise<number> {
  const download = { run_id: 1, chunks_total: chunks, records_total: 0, object: 'feed.json' };
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    request.resume().once('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(request.url === '/download' ? download : { run_id: 1 }));
    });
  };
  const server = await listen(answer, 0);
  try {
    workflows.deploy({
      workflowId: WORKFLOW_ID,
      source: await readFile(WORKFLOW, 'utf8'),
      envVars: {
        DOWNLOAD_URL: `${server.url}/download`,
        INGEST_CHUNK_URL: `${server.url}/ingest-chunk`,
        FINALIZE_URL: `${server.url}/finalize`,
        SNAPSHOT_URL: `${server.url}/snapshot`,
        CHUNK_CONCURRENCY,
        // The one is published to, as after every sync; the other is not.
        COMPLETED_TOPIC: 'sync-completed',
        DEAD_LETTER_TOPIC: 'sync-dead-letter',
      },
    });
    return (await timeExecution({ workflows }, WORKFLOW_ID, {})).milliseconds;
  } finally {
    await server.close();
  }
}
