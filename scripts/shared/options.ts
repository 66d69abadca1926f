import { fileURLToPath } from 'node:url';
import { Option } from 'commander';
import { httpUrl, positiveNumber, postgresUrl, wholeNumber } from './arguments.ts';

// The options that several commands take, each with the same name, meaning and default.

export function databaseUrlOption(): Option {
  return new Option('--database-url <url>', 'a PostgreSQL of your own')
    .env('DATABASE_URL')
    .argParser(postgresUrl);
}

export function dataDirOption(): Option {
  return new Option('--data-dir <path>', 'where everything is kept').default('.local');
}

export function recordsOption(): Option {
  return new Option('--records <number>', 'records of the synthetic feed, which is the default')
    .argParser(wholeNumber(0, 2_000_000))
    .default(25_000);
}

export function timeWarpOption(): Option {
  return new Option('--time-warp <number>', 'divides every wait of the workflow')
    .argParser(positiveNumber)
    .default(1);
}

export function projectOption(): Option {
  return new Option('--project <id>', 'the Google Cloud project')
    .env('GOOGLE_CLOUD_PROJECT')
    .makeOptionMandatory();
}

export function endpointOption(): Option {
  return new Option('--endpoint <url>', 'a local cloud in place of the Google APIs')
    .env('GOOGLE_API_ENDPOINT')
    .argParser(httpUrl);
}

export function pubsubHostOption(): Option {
  return new Option(
    '--pubsub-host <host:port>',
    "Google's own Pub/Sub emulator in place of ours",
  ).env('PUBSUB_EMULATOR_HOST');
}

export function smtpUrlOption(): Option {
  return new Option(
    '--smtp-url <url>',
    'mails alerts; without it they are files in the data directory',
  ).env('SMTP_URL');
}

export function alertEmailOption(): Option {
  return new Option('--alert-email <address>', 'who gets them').env('ALERT_EMAIL');
}

export function terraformOption(): Option {
  return new Option('--terraform <folder>', 'the Terraform stack').default(
    fileURLToPath(new URL('../../terraform', import.meta.url)),
    'terraform',
  );
}
