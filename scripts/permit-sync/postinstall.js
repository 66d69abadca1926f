// .npmrc switches npm's 120 warnings about Node off; this one line replaces them.
import { findOwnNode, isNewEnough, NEEDED_MAJOR } from './find-node.js';

// `node` may be the one that was just installed; npm says which one it runs on itself.
const [, version = process.versions.node] =
  /\bnode\/v([\d.]+)/.exec(process.env.npm_config_user_agent ?? '') ?? [];

if (!isNewEnough(version)) {
  const advice = findOwnNode()
    ? `Yours is ${version}, so npm ci installed one in node_modules, and the commands use it.`
    : `Yours is ${version}; npm ci without --omit=dev installs one.`;
  process.stdout.write(`permit-sync needs Node ${NEEDED_MAJOR}. ${advice}\n`);
}
