import { Command } from 'commander';
import { migrateUrl } from '../sql/migrate-url.ts';
import { databaseUrlOption } from './shared/options.ts';
import { runCommand } from './shared/run-command.ts';

async function migrate({ databaseUrl }: { readonly databaseUrl: string }): Promise<void> {
  const applied = await migrateUrl(databaseUrl);
  const said =
    applied.length === 0 ? 'The database is up to date' : `Applied ${applied.join(', ')}`;
  process.stderr.write(`${said}\n`);
}

await runCommand(
  new Command('npm run migrate --')
    .description('Brings a PostgreSQL database to the latest migration; safe to run at any time.')
    .addOption(databaseUrlOption().makeOptionMandatory())
    .action(migrate),
);
