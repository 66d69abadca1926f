import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { listen } from '../local/rest/listen.ts';
import type { GoogleApis } from '../local/start-google-apis.ts';
import { timeExecution } from './time-execution.ts';

const WORKFLOW = new URL('../../workflows/permit-sync.yaml', import.meta.url);
const WORKFLOW_ID = 'engine-alone';
/** The local cloud's value. */
const CHUNK_CONCURRENCY = '4';

/**
 * Measures the milliseconds of the sync's workflow when every function answers at once, which is
 * the cost of the engine and its HTTP calls. The answers come from this process and are included.
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
        // Only the first is published to, as after every completed sync.
        COMPLETED_TOPIC: 'sync-completed',
        DEAD_LETTER_TOPIC: 'sync-dead-letter',
      },
    });
    return (await timeExecution({ workflows }, WORKFLOW_ID, {})).milliseconds;
  } finally {
    await server.close();
  }
}
