#!/usr/bin/env node
// The command `permit-sync`, which the npm scripts use too. It is plain JavaScript that Node 18 can
// parse, without dependencies: it runs where none is installed, and says what is missing.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findOwnNode, isNewEnough, NEEDED_MAJOR } from './permit-sync/find-node.js';

const FAILURE = 1;
const WRONG_USAGE = 2;

/** What each command does, in the words of its own `--help`. */
const COMMANDS = new Map([
  ['start', 'Runs one sync on this machine, from the feed to PostgreSQL, and exits.'],
  ['local', 'Starts the local cloud (Google APIs, PostgreSQL, functions) and keeps it running.'],
  ['migrate', 'Brings a PostgreSQL database to the latest migration; safe to run at any time.'],
  [
    'dead-letters',
    'Lists the dead letters (age, run, chunks, error, what to do) and leaves them in the queue.',
  ],
  ['redrive', 'Runs the syncs of dead letters again, oldest first, and waits for them.'],
  ['rejects', 'Lists the records of a run that could not be stored, and why.'],
  ['chaos', 'Syncs under random faults and compares the result with a model.'],
  ['bench', 'Times syncs against the least work PostgreSQL can do, and against a row at a time.'],
  ['generate-feed', 'Writes one day of a synthetic building-permit feed in the City’s format.'],
  ['build', "Builds dist/functions.zip, the functions' source for deployment."],
  [
    'doctor',
    'Checks what a deployment needs, or a local cloud, and shows how to fix each problem.',
  ],
  ['deploy', 'Deploys everything to Google Cloud, or updates it there.'],
  ['teardown', 'Removes everything that was deployed, with all its data, after asking.'],
]);

function formatHelp() {
  const width = Math.max(...[...COMMANDS.keys()].map((name) => name.length));
  const lines = [...COMMANDS].map(([name, does]) => `  ${name.padEnd(width)}  ${does}\n`);
  return `Usage: permit-sync <command> [options]

${lines.join('')}
permit-sync <command> --help lists the options of a command; --version prints the version.
`;
}

function readVersion() {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
}

/**
 * Ends with one line that says what is wrong and how to fix it.
 *
 * @param {string} reason
 */
function fail(reason) {
  process.stderr.write(`error: ${reason}\n`);
  process.exitCode = FAILURE;
}

/**
 * Finds the package whose import failed, if that is the error.
 *
 * @param {unknown} error
 */
function findMissingPackage(error) {
  if (!(error instanceof Error && 'code' in error)) return undefined;
  if (error.code !== 'ERR_MODULE_NOT_FOUND' && error.code !== 'MODULE_NOT_FOUND') return undefined;
  const [, specifier = ''] = /^Cannot find (?:package|module) '([^']+)'/.exec(error.message) ?? [];
  // A file missing from an installed package is named by its path.
  const inPackages = specifier.split(/[\\/]node_modules[\\/]/).at(-1) ?? '';
  return isAbsolute(inPackages) ? undefined : /^(?:@[^\\/]+[\\/])?\w[^\\/]*/.exec(inPackages)?.[0];
}

/**
 * Runs a script in this process, as if Node had been started with it.
 *
 * @param {URL} script
 * @param {readonly string[]} args
 */
async function runHere(script, args) {
  process.argv = [process.execPath, fileURLToPath(script), ...args];
  try {
    await import(script.href);
  } catch (error) {
    const missing = findMissingPackage(error);
    if (missing === undefined) throw error;
    fail(`the package ${missing} is not installed: run npm ci`);
  }
}

/**
 * Runs the command in a process of another Node, and ends the way that process ends.
 *
 * @param {string} node
 * @param {readonly string[]} args
 */
async function runOn(node, args) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...args], { stdio: 'inherit' });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      // A terminal's Ctrl-C has already reached the child, and a second one would kill it.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  try {
    const [code, signal] = await once(child, 'exit');
    if (signal === null) process.exitCode = code;
    else endBy(signal);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    fail(`${node} cannot be started (${reason}): run npm ci`);
  }
}

/**
 * Ends this process by the signal that ended the child, so that a shell sees the same.
 *
 * @param {NodeJS.Signals} signal
 */
function endBy(signal) {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

/** @param {readonly string[]} args */
async function main([command, ...args]) {
  if (command === '--help' || command === '-h' || command === 'help') {
    process.stdout.write(formatHelp());
    return;
  }
  if (command === '--version' || command === '-V') {
    process.stdout.write(`${readVersion()}\n`);
    return;
  }
  if (command === undefined || !COMMANDS.has(command)) {
    const problem = command === undefined ? '' : `error: there is no command '${command}'\n\n`;
    process.stderr.write(`${problem}${formatHelp()}`);
    process.exitCode = WRONG_USAGE;
    return;
  }
  if (isNewEnough(process.versions.node)) {
    await runHere(new URL(`${command}.ts`, import.meta.url), args);
    return;
  }
  const node = findOwnNode();
  if (node !== undefined) {
    await runOn(node, [command, ...args]);
    return;
  }
  fail(
    `permit-sync needs Node ${NEEDED_MAJOR}, this is ${process.versions.node}, and node_modules ` +
      'has none: run npm ci (without --ignore-scripts or --omit=dev)',
  );
}

await main(process.argv.slice(2));
