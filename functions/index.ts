import './shared/tune-heap.ts';

import { http } from '@google-cloud/functions-framework';
import { createDownload } from './download/index.ts';
import { createFinalize } from './finalize/index.ts';
import { createIngestChunk } from './ingest-chunk/index.ts';
import { parseConfig } from './shared/config.ts';
import { createContext } from './shared/context.ts';
import { guardEveryServer } from './shared/guard-requests.ts';
import { createLog } from './shared/log.ts';
import { createSnapshot } from './snapshot/index.ts';
import { createSyncApi } from './sync-api/index.ts';

const context = await createContext(parseConfig(process.env), createLog(process.stdout));
guardEveryServer(context.config.ALLOWED_HOSTS);

http('download', createDownload(context));
http('ingest-chunk', createIngestChunk(context));
http('finalize', createFinalize(context));
http('snapshot', createSnapshot(context));
http('sync-api', createSyncApi(context));
