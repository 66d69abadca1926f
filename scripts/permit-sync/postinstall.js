// npm's warnings about Node are switched off in .npmrc, for there were dozens; this says it once.
import { findOwnNode, isNewEnough, NEEDED_MAJOR } from './find-node.js';

// In here `node` may be the one that has just been installed; npm says which one it runs on.
const [, version = process.versions.node] =
  /\bnode\/v([\d.]+)/.exec(process.env.npm_config_user_agent ?? '') ?? [];

if (!isNewEnough(version)) {
  const advice = findOwnNode()
    ? `Beside your ${version} it now has its own, in node_modules, and uses that.`
    : `Yours is ${version}; npm ci without --omit=dev brings one along.`;
  process.stdout.write(`permit-sync needs Node ${NEEDED_MAJOR}. ${advice}\n`);
}
