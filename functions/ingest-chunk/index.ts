import type { HttpFunction } from '@google-cloud/functions-framework';
import type { Context } from '../shared/context.ts';
import { createJsonEndpoint } from '../shared/http.ts';
import { ingestChunkRequest } from './contract.ts';
import { ingestChunk } from './ingest-chunk.ts';

export function createIngestChunk(context: Context): HttpFunction {
  return createJsonEndpoint(context, 'ingest-chunk', ingestChunkRequest, ingestChunk);
}
