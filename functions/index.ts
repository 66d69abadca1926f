import { setFlagsFromString } from 'node:v8';
import { http } from '@google-cloud/functions-framework';
import { createDownload } from './download/index.ts';
import { createFinalize } from './finalize/index.ts';
import { createIngestChunk } from './ingest-chunk/index.ts';
import { parseConfig } from './shared/config.ts';
import { createContext } from './shared/context.ts';
import { createLog } from './shared/log.ts';
import { createSnapshot } from './snapshot/index.ts';
import { createSyncApi } from './sync-api/index.ts';

// At V8's own pace, meant for small heaps, download spends a fifth of its CPU on collecting garbage that
// comes to a few MiB: let the heap double first. NODE_OPTIONS does not take this flag.
setFlagsFromString('--heap-growing-percent=100');

const context = await createContext(parseConfig(process.env), createLog(process.stdout));

http('download', createDownload(context));
http('ingest-chunk', createIngestChunk(context));
http('finalize', createFinalize(context));
http('snapshot', createSnapshot(context));
http('sync-api', createSyncApi(context));
