import { fileURLToPath } from 'node:url';
import { Option } from 'commander';
import { httpUrl, positiveNumber, postgresUrl, wholeNumber } from './arguments.ts';

// Options that several commands share, so each has one name, meaning and default.

export function databaseUrlOption(): Option {
  return new Option('--database-url <url>', 'your own PostgreSQL database')
    .env('DATABASE_URL')
    .argParser(postgresUrl);
}

export function dataDirOption(): Option {
  return new Option('--data-dir <path>', 'the data directory').default('.local');
}

export function recordsOption(): Option {
  return new Option('--records <number>', 'size of the synthetic feed, the default feed')
    .argParser(wholeNumber(0, 2_000_000))
    .default(25_000);
}

export function timeWarpOption(): Option {
  return new Option('--time-warp <number>', 'divide every wait of the workflow by this')
    .argParser(positiveNumber)
    .default(1);
}

export function projectOption(): Option {
  return new Option('--project <id>', 'the Google Cloud project')
    .env('GOOGLE_CLOUD_PROJECT')
    .makeOptionMandatory();
}

export function locationOption(): Option {
  return new Option('--location <region>', 'region of the workflow')
    .env('WORKFLOW_LOCATION')
    .default('northamerica-northeast2');
}

export function workflowOption(): Option {
  return new Option('--workflow <name>', 'name of the workflow')
    .env('WORKFLOW_NAME')
    .default('permit-sync');
}

export function endpointOption(): Option {
  return new Option('--endpoint <url>', 'a local cloud in place of the Google APIs')
    .env('GOOGLE_API_ENDPOINT')
    .argParser(httpUrl);
}

export function pubsubHostOption(): Option {
  return new Option(
    '--pubsub-host <host:port>',
    "Google's Pub/Sub emulator in place of the stand-in",
  ).env('PUBSUB_EMULATOR_HOST');
}

export function smtpUrlOption(): Option {
  return new Option(
    '--smtp-url <url>',
    'server that mails the alerts (default: files in the data directory)',
  ).env('SMTP_URL');
}

export function alertEmailOption(): Option {
  return new Option('--alert-email <address>', 'recipient of the alerts').env('ALERT_EMAIL');
}

export function terraformOption(): Option {
  return new Option('--terraform <folder>', 'folder of the Terraform stack').default(
    fileURLToPath(new URL('../../terraform', import.meta.url)),
    'terraform',
  );
}
