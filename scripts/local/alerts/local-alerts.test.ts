import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createAlerter } from './create-alerter.ts';
import { createMailer } from './create-mailer.ts';
import { renderAlert } from './render-alert.ts';

const syncFailed = {
  severity: 'ERROR',
  event: 'sync_failed',
  run_id: 7,
  error_message: 'feed_malformed: byte 4 is "]" where the end has to be',
  failed_at: '2026-11-23T11:00:04.212Z',
  records_processed: 5_000,
  error_code: 'feed_malformed',
  error_hint: 'Look at the object',
  stored: '3 of 12 chunks are stored and stay',
  command: 'npm run redrive -- --project local-project --run 7',
};

const syncWarned = {
  severity: 'WARNING',
  message:
    'Run 8 completed with warnings. records_rejected: 3 records could not be stored; list with npm run rejects -- --run 8. many_removed: 90 permits left the feed, 9.0 % of it',
  event: 'sync_warned',
  run_id: 8,
  warnings: [{ code: 'records_rejected' }, { code: 'many_removed' }],
};

const deadLetter = {
  event: 'sync_dead_lettered',
  execution_id: '17ffc89c-0a27-4c2e-9d5f-0123456789ab',
  run_id: null,
  attempts: 3,
  failed_chunks: [2, 5],
  error_message: 'database_unavailable: it is away',
  error_code: 'database_unavailable',
  error_hint: null,
  retryable: true,
  advice: 'Retrying may help',
};

let directory: string;
let said: string[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'alerts-'));
  said = [];
});

afterEach(() => rm(directory, { recursive: true }));

function decodeQuotedPrintable(text: string): string {
  return text
    .replaceAll('=\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

async function readMails(): Promise<string[]> {
  const files = await readdir(directory);
  const mails = await Promise.all(files.map((file) => readFile(join(directory, file), 'utf8')));
  return mails.map(decodeQuotedPrintable);
}

test('I09 the mail of a failed run has the run id, error message, timestamp and records processed', async () => {
  const alerter = createAlerter('local-project', createMailer({ directory }), (text) =>
    said.push(text),
  );
  alerter.watch(syncFailed);
  await alerter.close();
  const [mail = '', ...others] = await readMails();
  expect(others).toEqual([]);
  expect(mail).toContain('Subject: Permit sync run 7 failed\n');
  expect(mail).toContain('- Run: 7\n');
  expect(mail).toContain('- Error: feed_malformed: byte 4 is "]" where the end has to be\n');
  expect(mail).toContain('- Time: 2026-11-23T11:00:04.212Z\n');
  expect(mail).toContain('- Records processed: 5000\n');
  expect(mail).toContain('- Code: feed_malformed\n- What to do: Look at the object\n');
  expect(mail).toContain('- Stored: 3 of 12 chunks are stored and stay\n');
  expect(mail).toContain('\n    npm run redrive -- --project local-project --run 7\n');
  expect(said).toEqual([
    expect.stringMatching(/^ {2}mail "Permit sync run 7 failed" → .+\.eml\n$/),
  ]);
});

test('the mail of a run with warnings has each code and message, and what to type to see more', async () => {
  const alerter = createAlerter('local-project', createMailer({ directory }), (text) =>
    said.push(text),
  );
  alerter.watch(syncWarned);
  await alerter.close();
  const [mail = '', ...others] = await readMails();
  expect(others).toEqual([]);
  expect(mail).toContain('Subject: Permit sync run 8 completed with warnings\n');
  expect(mail).toContain(`${syncWarned.message}\n`);
  expect(mail).toContain('    psql "$DATABASE_URL" -xc \'select * from sync_runs where id = 8\'\n');
});

test('I09 the dead-letter mail has a link to the execution’s logs in Cloud Logging', () => {
  const { subject, body } = renderAlert('dead-letter', 'local-project', deadLetter);
  expect(subject).toBe(`Permit sync execution ${deadLetter.execution_id} was dead-lettered`);
  expect(body).toContain('- Attempts: 3\n- Failed chunks: [2,5]\n- Retrying may help\n');
  expect(body).toContain('- Code: database_unavailable\n- What to do: \n');
  expect(body).toContain(
    `\n    npm run redrive -- --project local-project --execution ${deadLetter.execution_id}\n`,
  );
  const link = /https:\S+/.exec(body)?.[0] ?? '';
  expect(decodeURIComponent(link)).toBe(
    'https://console.cloud.google.com/logs/query;query=' +
      `labels."workflows.googleapis.com/execution_id"="${deadLetter.execution_id}"?project=local-project`,
  );
});

test('the mail of a run without a letter names npm start in place of gcloud', async () => {
  const alerter = createAlerter('local-project', createMailer({ directory }), () => {});
  const command = 'gcloud workflows run permit-sync';
  alerter.watch({ ...syncFailed, command, argument: { partial: true } });
  alerter.watch({ ...syncFailed, run_id: 8, command, argument: { file_path: 'gs://bucket/x' } });
  await alerter.close();
  const mails = (await readMails()).map((mail) => /\n {4}(.*)\n/.exec(mail)?.[1]);
  expect(mails.sort()).toEqual([command, 'npm start -- --partial']);
});

test('no variable is left in a rendered alert, and a missing field is empty', () => {
  const { subject, body } = renderAlert('dead-letter', 'local-project', deadLetter);
  expect(subject + body).not.toMatch(/\$\{/);
  expect(body).toContain('- Run: \n');
});

test('only the events that a policy watches for are mailed', async () => {
  const alerter = createAlerter('local-project', createMailer({ directory }), (text) =>
    said.push(text),
  );
  alerter.watch({ event: 'sync_completed', run_id: 7 });
  alerter.watch({ severity: 'CRITICAL', message: 'no event' });
  await alerter.close();
  expect(await readMails()).toEqual([]);
  expect(said).toEqual([]);
});

/** An SMTP server that speaks just enough to take one mail. */
async function startSmtpServer() {
  const lines: string[] = [];
  const server = createServer((socket) => {
    socket.write('220 test\r\n');
    let inData = false;
    socket.on('data', (data) => {
      for (const line of String(data).split('\r\n').filter(Boolean)) {
        lines.push(line);
        if (line === '.') inData = false;
        if (inData) continue;
        if (line === 'DATA') inData = true;
        socket.write(line === 'DATA' ? '354 go on\r\n' : '250 ok\r\n');
        if (line === 'QUIT') socket.end();
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { lines, url: `smtp://127.0.0.1:${port}`, close: () => server.close() };
}

test('a mail goes over SMTP when there is a server, and no file is written', async () => {
  const smtp = await startSmtpServer();
  const mailer = createMailer({ directory, smtpUrl: smtp.url, to: 'ops@example.com' });
  expect(await mailer({ subject: 'It failed', body: 'Run 7\n' })).toBe('ops@example.com');
  smtp.close();
  expect(smtp.lines).toEqual(
    expect.arrayContaining(['RCPT TO:<ops@example.com>', 'Subject: It failed', 'Run 7']),
  );
  expect(await readdir(directory)).toEqual([]);
});

test('a mail that cannot be sent is reported and has no other effect', async () => {
  const mailer = createMailer({ directory, smtpUrl: 'smtp://127.0.0.1:1' });
  const alerter = createAlerter('local-project', mailer, (text) => said.push(text));
  alerter.watch(syncFailed);
  await alerter.close();
  expect(said).toEqual([
    expect.stringContaining('ERROR the mail "Permit sync run 7 failed" could not be sent'),
  ]);
});
