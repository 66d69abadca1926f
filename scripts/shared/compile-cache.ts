import { fileURLToPath } from 'node:url';

/** Folder of Node's compiled modules, which halve the time of the next start. */
export const COMPILE_CACHE = fileURLToPath(
  new URL('../../node_modules/.cache/permit-sync', import.meta.url),
);
