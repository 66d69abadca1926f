import { relative } from 'node:path';
import { Command } from 'commander';
import { runCommand } from './shared/run-command.ts';

interface Options {
  readonly json?: boolean;
  readonly out?: string;
}

async function build({ json, out }: Options): Promise<void> {
  const { buildFunctions } = await import('./build/build-functions.ts');
  const { zip, bytes, sha256, files } = await buildFunctions(out);
  if (json) process.stdout.write(`${JSON.stringify({ zip, bytes, sha256, files }, null, 2)}\n`);
  else process.stdout.write(`${relative('.', zip)}  ${bytes.toLocaleString('en')} bytes\n`);
}

await runCommand(
  new Command('npm run build --')
    .description("Builds dist/functions.zip, the functions' source for deployment.")
    .option('--out <path>', 'target folder (default: dist)')
    .option('--json', 'print one JSON document')
    .action(build),
);
