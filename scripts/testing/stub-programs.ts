import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** A program's answer when its command line contains `when`. */
export interface Answer {
  readonly when: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly code?: number;
  /** Writes its output, then waits to be interrupted. */
  readonly waits?: boolean;
}

export interface StubPrograms extends AsyncDisposable {
  /** A PATH with only these programs and a shell. */
  readonly path: string;
  /** The first matching answer counts; without one a program writes nothing and exits with 0. */
  answer(answers: readonly Answer[]): Promise<void>;
  /** Every command line so far, such as `terraform plan -out=…`. */
  calls(): Promise<readonly string[]>;
}

/** A program run by the tests' own Node, so none has to be on the PATH. */
function program(name: string, directory: string): string {
  return `#!${process.execPath}
const { appendFileSync, readFileSync } = require('node:fs');
const line = ['${name}', ...process.argv.slice(2)].join(' ');
appendFileSync(${JSON.stringify(join(directory, 'calls'))}, line + '\\n');
const answers = JSON.parse(readFileSync(${JSON.stringify(join(directory, 'answers'))}, 'utf8'));
const { stdout = '', stderr = '', code = 0, waits = false } =
  answers.find(({ when }) => line.includes(when)) ?? {};
process.exitCode = code;
if (waits) {
  const timer = setInterval(() => {}, 1000);
  process.once('SIGINT', () => {
    clearInterval(timer);
    process.stderr.write('stopped cleanly\\n');
  });
}
process.stdout.write(stdout);
process.stderr.write(stderr);
`;
}

/** Creates stubs of programs outside this repository, such as gcloud and terraform. */
export async function createStubPrograms(names: readonly string[]): Promise<StubPrograms> {
  const directory = await mkdtemp(join(tmpdir(), 'programs-'));
  const calls = join(directory, 'calls');
  const answers = join(directory, 'answers');
  await writeFile(answers, '[]');
  await writeFile(calls, '');
  for (const name of names) {
    const file = join(directory, name);
    await writeFile(file, program(name, directory));
    await chmod(file, 0o755);
  }
  await symlink(findShell(), join(directory, 'bash'));
  return {
    path: directory,
    answer: (all) => writeFile(answers, JSON.stringify(all)),
    async calls() {
      return (await readFile(calls, 'utf8')).split('\n').filter(Boolean);
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  };
}

function findShell(): string {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = folders.map((folder) => join(folder, 'bash')).find((file) => existsSync(file));
  if (found === undefined) throw new Error('bash is not on the PATH');
  return found;
}
