import { fileURLToPath } from 'node:url';

/** Where Node keeps compiled modules: a process of ours starts in half the time the next time. */
export const COMPILE_CACHE = fileURLToPath(
  new URL('../../node_modules/.cache/permit-sync', import.meta.url),
);
