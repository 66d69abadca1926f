import type { Mailer } from './create-mailer.ts';
import { type AlertName, renderAlert } from './render-alert.ts';
import { startCommand } from './start-command.ts';

/** The log events that alert policies watch for, each with the policy's template. */
const POLICIES: Readonly<Record<string, AlertName>> = {
  sync_failed: 'sync-failed',
  sync_warned: 'sync-warned',
  sync_dead_lettered: 'dead-letter',
};

export interface Alerter {
  /** Mails an alert if a policy watches for the log entry's event. */
  readonly watch: (entry: Readonly<Record<string, unknown>> | undefined) => void;
  /** Waits for the mails being sent. */
  close(): Promise<void>;
}

/**
 * Creates a stand-in for the log-based alert policies: same entries, same templates, real mails.
 */
export function createAlerter(
  projectId: string,
  mailer: Mailer,
  say: (text: string) => void,
): Alerter {
  const pending = new Set<Promise<void>>();
  const send = async (name: AlertName, entry: Readonly<Record<string, unknown>>) => {
    const alert = renderAlert(name, projectId, useLocalCommand(entry));
    try {
      say(`  mail "${alert.subject}" → ${await mailer(alert)}\n`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      say(`  ERROR the mail "${alert.subject}" could not be sent: ${reason}\n`);
    }
  };
  return {
    watch(entry) {
      const name = POLICIES[String(entry?.event)];
      if (entry === undefined || name === undefined) return;
      const sending = send(name, entry).finally(() => pending.delete(sending));
      pending.add(sending);
    },
    async close() {
      await Promise.all(pending);
    },
  };
}

/** Replaces the cloud's command that starts a sync, if the entry has one, by this machine's. */
function useLocalCommand(entry: Readonly<Record<string, unknown>>) {
  if (entry.argument === undefined || entry.command === undefined) return entry;
  return { ...entry, command: startCommand(entry.argument as object) ?? entry.command };
}
