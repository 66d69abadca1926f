import type { Clock } from '../clock/clock.ts';
import type { Callbacks } from '../service/callbacks.ts';
import type { Executions } from '../service/create-executions.ts';
import type { WorkflowStore } from '../service/workflow-store.ts';

/** What the routes of the REST APIs work on. */
export interface RouterOptions {
  readonly projectId: string;
  readonly location: string;
  readonly workflows: WorkflowStore;
  readonly executions: Executions;
  readonly callbacks: Callbacks;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Used by workflows that name none. */
  readonly serviceAccount: string;
}
