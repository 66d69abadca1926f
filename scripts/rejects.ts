import { Command } from 'commander';
import pg from 'pg';
import { wholeNumber } from './shared/arguments.ts';
import { databaseUrlOption } from './shared/options.ts';
import { runCommand } from './shared/run-command.ts';

interface Options {
  readonly run?: number;
  readonly json?: boolean;
  readonly databaseUrl: string;
}

interface Reject {
  readonly run_id: number;
  readonly chunk_number: number;
  readonly position: number;
  readonly permit_num: string | null;
  readonly revision_num: string | null;
  readonly permit_type: string | null;
  readonly reason: string;
  readonly record: string;
}

const SELECT_REJECTS = `
  select run_id::integer, chunk_number, position, permit_num, revision_num, permit_type, reason, record
  from sync_rejects
  where run_id = coalesce($1, (select max(id) from sync_runs))
  order by chunk_number, position
`;

async function selectRejects({ databaseUrl, run }: Options): Promise<readonly Reject[]> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    return (await client.query<Reject>(SELECT_REJECTS, [run])).rows;
  } finally {
    await client.end();
  }
}

function formatReject(reject: Reject): string {
  const { run_id, chunk_number, position, permit_num, revision_num, permit_type, reason } = reject;
  const key = [permit_num, revision_num, permit_type].map((part) => part ?? '?').join(' | ');
  return `run ${run_id}  chunk ${chunk_number}  record ${position}  ${key}  ${reason}\n`;
}

/** Only `--json` shows a record's text, which can name a private person. */
async function rejects(options: Options): Promise<void> {
  const found = await selectRejects(options);
  if (options.json) process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
  else process.stdout.write(found.map(formatReject).join(''));
  process.stderr.write(`${found.length} ${found.length === 1 ? 'reject' : 'rejects'}\n`);
}

await runCommand(
  new Command('npm run rejects --')
    .description('Lists the records of a run that could not be stored, and why.')
    .option('--run <id>', 'the run; the latest by default', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option('--json', 'print one JSON document, with the records')
    .addOption(databaseUrlOption().makeOptionMandatory())
    .action(rejects),
);
