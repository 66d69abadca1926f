import type { Mailer } from './create-mailer.ts';
import { type AlertName, renderAlert } from './render-alert.ts';

/** The log events that an alert policy watches for, and the policy's template. */
const POLICIES: Readonly<Record<string, AlertName>> = {
  sync_failed: 'sync-failed',
  sync_dead_lettered: 'dead-letter',
};

export interface Alerter {
  /** Mails the alert of a log entry, if a policy watches for its event. */
  readonly watch: (entry: Readonly<Record<string, unknown>> | undefined) => void;
  /** Waits for the mails under way. */
  close(): Promise<void>;
}

/** Stands in for the log-based alert policies: the same entries, the same templates, real mails. */
export function createAlerter(
  projectId: string,
  mailer: Mailer,
  say: (text: string) => void,
): Alerter {
  const underWay = new Set<Promise<void>>();
  const send = async (name: AlertName, entry: Readonly<Record<string, unknown>>) => {
    const alert = renderAlert(name, projectId, entry);
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
      const sending = send(name, entry).finally(() => underWay.delete(sending));
      underWay.add(sending);
    },
    async close() {
      await Promise.all(underWay);
    },
  };
}
