import { FUNCTION_NAMES } from '../../functions/function-names.ts';
import { startFunction } from '../local/functions/start-function.ts';

/**
 * Measures the milliseconds from the start of each function's process to its first answer, the
 * refusal of an empty request. Functions start as they do locally: from source, here without Node's
 * compile cache.
 */
export async function measureColdStarts(
  databaseUrl: string,
  logDirectory: string,
): Promise<Readonly<Record<string, number>>> {
  const environment = {
    GOOGLE_CLOUD_PROJECT: 'bench',
    FEED_BUCKET: 'bench',
    DATABASE_URL: databaseUrl,
    NODE_DISABLE_COMPILE_CACHE: '1',
  };
  const measured: Record<string, number> = {};
  for (const name of FUNCTION_NAMES) {
    const startedAt = performance.now();
    const running = await startFunction(name, { environment, logDirectory });
    try {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(running.url, { method: 'POST', headers, body: '{}' });
      await response.arrayBuffer();
      measured[name] = performance.now() - startedAt;
    } finally {
      await running.stop();
    }
  }
  return measured;
}
