import { fileURLToPath } from 'node:url';
import { Option } from 'commander';
import { httpUrl, positiveNumber, postgresUrl, wholeNumber } from './arguments.ts';

// The options that several commands take, each with the same name, meaning and default.

export const databaseUrlOption = (): Option =>
  new Option('--database-url <url>', 'a PostgreSQL of your own')
    .env('DATABASE_URL')
    .argParser(postgresUrl);

export const dataDirOption = (): Option =>
  new Option('--data-dir <path>', 'where everything is kept').default('.local');

export const recordsOption = (): Option =>
  new Option('--records <number>', 'records of the synthetic feed, which is the default')
    .argParser(wholeNumber(0, 2_000_000))
    .default(25_000);

export const timeWarpOption = (): Option =>
  new Option('--time-warp <number>', 'divides every wait of the workflow')
    .argParser(positiveNumber)
    .default(1);

export const projectOption = (): Option =>
  new Option('--project <id>', 'the Google Cloud project')
    .env('GOOGLE_CLOUD_PROJECT')
    .makeOptionMandatory();

export const endpointOption = (): Option =>
  new Option('--endpoint <url>', 'a local cloud in place of the Google APIs')
    .env('GOOGLE_API_ENDPOINT')
    .argParser(httpUrl);

export const pubsubHostOption = (): Option =>
  new Option('--pubsub-host <host:port>', "Google's own Pub/Sub emulator in place of ours").env(
    'PUBSUB_EMULATOR_HOST',
  );

export const smtpUrlOption = (): Option =>
  new Option(
    '--smtp-url <url>',
    'mails alerts; without it they are files in the data directory',
  ).env('SMTP_URL');

export const alertEmailOption = (): Option =>
  new Option('--alert-email <address>', 'who gets them').env('ALERT_EMAIL');

export const terraformOption = (): Option =>
  new Option('--terraform <folder>', 'the Terraform stack').default(
    fileURLToPath(new URL('../../terraform', import.meta.url)),
    'terraform',
  );
