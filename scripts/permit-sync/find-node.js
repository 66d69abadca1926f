// Plain JavaScript that Node 18 can parse, with no dependencies: it has to run where they are not.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The Node that runs the sources as they are. */
export const NEEDED_MAJOR = 24;

/** Where the package `node`, a development dependency, puts its program. */
const OWN_NODE = new URL(
  `../../node_modules/node/bin/node${process.platform === 'win32' ? '.exe' : ''}`,
  import.meta.url,
);

/**
 * Whether a version of Node runs the sources.
 *
 * @param {string} version `24.21.0`
 */
export function isNewEnough(version) {
  return Number.parseInt(version, 10) >= NEEDED_MAJOR;
}

/** The path of the Node that `npm ci` has brought along, if it has. */
export function findOwnNode() {
  const path = fileURLToPath(OWN_NODE);
  return existsSync(path) ? path : undefined;
}
