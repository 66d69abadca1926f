// Plain JavaScript that Node 18 can parse, without dependencies: it runs where none is installed.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The major version of Node that runs the sources. */
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

/** Finds the Node that `npm ci` has installed. */
export function findOwnNode() {
  const path = fileURLToPath(OWN_NODE);
  return existsSync(path) ? path : undefined;
}
