import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { Alert } from './render-alert.ts';

const FROM = 'permit-sync <alerts@permit-sync.local>';
const TO = 'operator@permit-sync.local';

export interface MailerOptions {
  /** Holds the mails as `.eml` files when there is no SMTP server. */
  readonly directory: string;
  /** `smtp://user:password@host:port` */
  readonly smtpUrl?: string | undefined;
  readonly to?: string | undefined;
}

/**
 * Sends an alert.
 *
 * @returns where it went, for people: a path or the recipient
 */
export type Mailer = (alert: Alert) => Promise<string>;

/** Creates a mailer that sends over SMTP, or writes one file per mail. */
export function createMailer({ directory, smtpUrl, to = TO }: MailerOptions): Mailer {
  if (smtpUrl !== undefined) {
    const transport = createTransport(smtpUrl);
    return async ({ subject, body }) => {
      await transport.sendMail({ from: FROM, to, subject, text: body });
      return to;
    };
  }
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'unix' });
  return async ({ subject, body }) => {
    const { message } = await transport.sendMail({ from: FROM, to, subject, text: body });
    await mkdir(directory, { recursive: true });
    const path = join(
      directory,
      `${new Date().toISOString().replaceAll(':', '-')} ${toFileName(subject)}.eml`,
    );
    await writeFile(path, message as Buffer);
    return path;
  };
}

function toFileName(subject: string): string {
  return subject.replaceAll(/[^\w -]/g, '').slice(0, 80);
}
