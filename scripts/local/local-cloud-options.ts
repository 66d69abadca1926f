import type { FunctionName } from '../../functions/function-names.ts';
import type { LogEntry } from './workflows/service/log-entry.ts';

export interface LocalCloudOptions {
  /** Holds everything that outlives the process. */
  readonly dataDirectory: string;
  /** An existing database to use instead of the embedded PostgreSQL. */
  readonly databaseUrl?: string | undefined;
  /** Configuration of the functions that differs from its defaults, such as CKAN_BASE_URL. */
  readonly functionsEnvironment?: Readonly<Record<string, string>>;
  readonly cloudPort?: number;
  /** `host:port` of Google's own Pub/Sub emulator, used instead of ours. */
  readonly pubsubHost?: string | undefined;
  readonly syncApiPort?: number;
  /** Divides every wait of a workflow. */
  readonly timeWarp?: number;
  /** The workflows to deploy. Default: the project's. */
  readonly workflowsDirectory?: string;
  /** Deploys a workflow again when its file changes. */
  readonly watchesWorkflows?: boolean;
  readonly log?: (message: string) => void;
  /** Receives what the user should know of the database. Default: `log`. */
  readonly warn?: (message: string) => void;
  /** Receives every line that a function logs. */
  readonly onFunctionLine?: (name: FunctionName, line: string) => void;
  /** Receives everything that workflows log and that the service logs about them. */
  readonly onWorkflowEntry?: (entry: LogEntry) => void;
  /** The server that mails alerts; without it they become files in the data directory. */
  readonly smtpUrl?: string | undefined;
  readonly alertEmail?: string | undefined;
  /** Receives a line for people about where an alert went. */
  readonly onAlert?: (text: string) => void;
  /** Receives the number of bytes of the feed object stored so far. */
  readonly onUploadProgress?: (bytesReceived: number) => void;
}
