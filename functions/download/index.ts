import type { HttpFunction } from '@google-cloud/functions-framework';
import type { Context } from '../shared/context.ts';
import { createJsonEndpoint } from '../shared/http.ts';
import { downloadRequest } from './contract.ts';
import { downloadFeed } from './download-feed.ts';

export function createDownload(context: Context): HttpFunction {
  return createJsonEndpoint(context, 'download', downloadRequest, downloadFeed);
}
