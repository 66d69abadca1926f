import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LAUNCHER = 'scripts/permit-sync.js';

/** Has Node take itself for an old one; its child processes do not inherit it. */
const OLD_NODE = [
  '--import',
  'data:text/javascript,Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.20.2" } })',
];

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts Node on some arguments, from the folder that has `scripts`. */
function run(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]).then(
    ([stdout, stderr, [code, signal]]) => ({ code, signal, stdout, stderr }),
  );
  return { child, ended };
}

function runLauncher(...args: string[]): Promise<Ended> {
  return run(ROOT, [LAUNCHER, ...args]).ended;
}

describe('permit-sync', () => {
  const scripts = readdirSync(join(ROOT, 'scripts'))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => name.replace(/\.ts$/, ''));

  test('lists every command on --help, each in the words of its own', async () => {
    const { code, stdout, stderr } = await runLauncher('--help');
    const listed = [...stdout.matchAll(/^ {2}([a-z-]+) +(.+)$/gm)].map(([, name, does]) => [
      name,
      does,
    ]);
    const own = scripts.map((name) => {
      const source = readFileSync(join(ROOT, `scripts/${name}.ts`), 'utf8');
      return [name, /\.description\(\s*(['"])(.+?)\1,?\s*\)/.exec(source)?.[2]];
    });
    expect(listed.sort()).toEqual(own.sort());
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  test('is what the npm scripts of the commands run', () => {
    expect(packageJson.scripts).toMatchObject(
      Object.fromEntries(scripts.map((name) => [name, `node ${LAUNCHER} ${name}`])),
    );
    expect(packageJson.bin).toEqual({ 'permit-sync': LAUNCHER });
  });

  test('prints its version', async () => {
    expect(await runLauncher('--version')).toMatchObject({
      stdout: `${packageJson.version}\n`,
      code: 0,
    });
  });

  test('hands a command its arguments and gives back its exit code', async () => {
    expect(await runLauncher('rejects', '--help')).toMatchObject({
      stdout: expect.stringContaining('--database-url'),
      code: 0,
    });
    expect(await runLauncher('rejects', '--run', 'many')).toMatchObject({ stdout: '', code: 2 });
  });

  test.each([
    [['strat'], /^error: there is no command 'strat'\n\nUsage: /],
    [['../scripts/start'], /^error: there is no command /],
    [['constructor'], /^error: there is no command /],
    [[], /^Usage: /],
  ])('exits with 2 and the list on %j', async (args, words) => {
    const { code, stdout, stderr } = await runLauncher(...args);
    expect(stderr).toMatch(words);
    expect(stderr).toMatch(/^ {2}start {2,}Runs one sync/m);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});

describe('in an installation that is not whole', () => {
  let folder: string;

  beforeEach(async () => {
    // Without symbolic links, so that the paths are those that Node says.
    folder = await realpath(await mkdtemp(join(tmpdir(), 'permit-sync-test-')));
    await writeFile(join(folder, 'package.json'), '{"type": "module"}');
    await cp(join(ROOT, LAUNCHER), join(folder, LAUNCHER));
    await cp(join(ROOT, 'scripts/permit-sync'), join(folder, 'scripts/permit-sync'), {
      recursive: true,
    });
  });

  afterEach(() => rm(folder, { recursive: true }));

  function writeStart(source: string): Promise<void> {
    return writeFile(join(folder, 'scripts/start.ts'), source);
  }

  async function installNode(): Promise<void> {
    await mkdir(join(folder, 'node_modules/node/bin'), { recursive: true });
    await symlink(process.execPath, join(folder, 'node_modules/node/bin/node'));
  }

  test('a package that is missing is one line that says what to type', async () => {
    await writeStart("import 'commander';\n");
    expect(await run(folder, [LAUNCHER, 'start']).ended).toEqual({
      code: 1,
      signal: null,
      stdout: '',
      stderr: 'error: the package commander is not installed: run npm ci\n',
    });
  });

  test('so is one that another package needs, and one that is there in part', async () => {
    await mkdir(join(folder, 'node_modules/near'), { recursive: true });
    await writeFile(join(folder, 'node_modules/near/index.js'), "require('@far/away/index');\n");
    await writeStart("import 'near';\n");
    const far = await run(folder, [LAUNCHER, 'start']).ended;
    expect(far.stderr).toBe('error: the package @far/away is not installed: run npm ci\n');

    await mkdir(join(folder, 'node_modules/@half/there'), { recursive: true });
    await writeFile(join(folder, 'node_modules/@half/there/package.json'), '{"main": "gone.js"}');
    await writeStart("import '@half/there';\n");
    const half = await run(folder, [LAUNCHER, 'start']).ended;
    expect(half.stderr).toBe('error: the package @half/there is not installed: run npm ci\n');
  });

  test('any other failure of a script is shown as Node shows it', async () => {
    await writeStart('import "./gone.ts";\n');
    const gone = await run(folder, [LAUNCHER, 'start']).ended;
    expect(gone).toMatchObject({ code: 1, stderr: expect.stringContaining('    at ') });
    await writeStart("throw new Error('Cannot find package');\n");
    const thrown = await run(folder, [LAUNCHER, 'start']).ended;
    expect(thrown).toMatchObject({ code: 1, stderr: expect.stringContaining('    at ') });
  });

  test('an old Node with no other is one line that says what to type', async () => {
    await writeStart('');
    const { code, stdout, stderr } = await run(folder, [...OLD_NODE, LAUNCHER, 'start']).ended;
    expect(stderr).toMatch(/^error: permit-sync needs Node 24, this is 20\.20\.2, .*npm ci .*\n$/);
    expect(stderr.split('\n')).toHaveLength(2);
    expect(stdout).toBe('');
    expect(code).toBe(1);
  });

  test('one whose Node cannot be started is one line, too', async () => {
    await mkdir(join(folder, 'node_modules/node/bin/node'), { recursive: true });
    const { code, stderr } = await run(folder, [...OLD_NODE, LAUNCHER, 'start']).ended;
    expect(stderr).toMatch(/^error: .* cannot be started \(.*\): run npm ci\n$/);
    expect(code).toBe(1);
  });

  test.each([
    ['the Node that is new enough', []],
    ['the Node in node_modules', OLD_NODE],
  ])('a script sees its own arguments and says its exit code, on %s', async (_, flags) => {
    await installNode();
    await writeStart(
      'process.stdout.write(JSON.stringify(process.argv.slice(1) satisfies string[]));\n' +
        'process.exitCode = 3;\n',
    );
    const { code, stdout } = await run(folder, [...flags, LAUNCHER, 'start', '--json', 'a b'])
      .ended;
    expect(JSON.parse(stdout)).toEqual([join(folder, 'scripts/start.ts'), '--json', 'a b']);
    expect(code).toBe(3);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'a script on the Node in node_modules gets %s and ends by itself',
    async (signal) => {
      await installNode();
      await writeStart(`
        const stay = setInterval(() => {}, 60_000);
        process.once('${signal}', () => {
          clearInterval(stay);
          process.exitCode = 7;
        });
        process.stdout.write('ready');
      `);
      const { child, ended } = run(folder, [...OLD_NODE, LAUNCHER, 'start']);
      await once(child.stdout as NodeJS.ReadableStream, 'data');
      child.kill(signal);
      expect(await ended).toMatchObject({ code: 7, signal: null });
    },
  );

  test('a script that a signal ends, ends the launcher by the same', async () => {
    await installNode();
    await writeStart("process.kill(process.pid, 'SIGTERM');\nsetInterval(() => {}, 60_000);\n");
    const { code, signal } = await run(folder, [...OLD_NODE, LAUNCHER, 'start']).ended;
    expect({ code, signal }).toEqual({ code: null, signal: 'SIGTERM' });
  });

  test('the install says once which Node there is, where npm runs on an old one', async () => {
    const install = (version: string) =>
      run(folder, ['scripts/permit-sync/postinstall.js'], {
        npm_config_user_agent: `npm/11.19.1 node/v${version} linux x64 workspaces/false`,
      }).ended;
    const without = await install('20.20.2');
    expect(without.stdout).toMatch(/^permit-sync needs Node 24\. Yours is 20\.20\.2; .*\n$/);
    await installNode();
    const beside = await install('22.4.0');
    expect(beside.stdout).toMatch(/^permit-sync needs Node 24\. Yours is 22\.4\.0, so .*\n$/);
    expect(await install('24.0.0')).toMatchObject({ stdout: '', stderr: '', code: 0 });
  });
});

test('pnpm runs the install scripts that npm runs', () => {
  const { allowBuilds } = parse(readFileSync(join(ROOT, 'pnpm-workspace.yaml'), 'utf8'));
  expect(allowBuilds).toEqual(packageJson.allowScripts);
});
