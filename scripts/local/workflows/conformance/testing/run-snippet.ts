import { createVirtualClock, type VirtualClock } from '../../clock/virtual-clock.ts';
import { createWorkflowsService } from '../../create-workflows-service.ts';
import type { LogEntry } from '../../service/log-entry.ts';
import { LoadError } from '../../source/load-error.ts';

export interface SnippetOptions {
  readonly argument?: unknown;
  readonly envVars?: Readonly<Record<string, string>>;
  readonly clock?: VirtualClock;
  readonly connectorBaseUrls?: Readonly<Record<string, string>>;
}

/** The outcome of a snippet. JSON stays text, in which `1` and `1.0` differ. */
export interface SnippetResult {
  readonly result?: string;
  readonly error?: Readonly<Record<string, unknown>> | string;
  readonly context?: string;
  /** Step, routine, line, column and length of each frame, innermost first. */
  readonly stack?: readonly string[];
  readonly refused?: string;
  /** Line and column. */
  readonly refusedAt?: string;
  readonly logs: readonly LogEntry[];
  /** Seconds of each sleep. */
  readonly sleeps: readonly number[];
  /** Virtual seconds from beginning to end. */
  readonly elapsedSeconds: number;
}

/** Deploys and runs a workflow in the whole service, in virtual time. */
export async function runSnippet(
  source: string,
  options: SnippetOptions = {},
): Promise<SnippetResult> {
  const clock = options.clock ?? createVirtualClock();
  const logs: LogEntry[] = [];
  const service = createWorkflowsService({
    projectId: 'demo',
    location: 'us-central1',
    clock,
    newId: () => '00000000-0000-4000-8000-000000000001',
    log: (entry) => logs.push(entry),
    connectorBaseUrls: options.connectorBaseUrls ?? {},
  });
  try {
    service.deploy({ workflowId: 'snippet', source, envVars: options.envVars ?? {} });
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    const refusedAt = `${error.line}:${error.column}`;
    return { refused: error.message, refusedAt, logs, sleeps: [], elapsedSeconds: 0 };
  }
  const startedAt = clock.now();
  const { name } = service.createExecution({
    workflowId: 'snippet',
    ...(options.argument === undefined ? {} : { argument: JSON.stringify(options.argument) }),
  });
  const ended = await service.waitForExecution(name.slice(name.lastIndexOf('/') + 1));
  const seen = { logs, sleeps: clock.sleeps(), elapsedSeconds: clock.now() - startedAt };
  await service.close();
  if (ended.state === 'SUCCEEDED') return { result: ended.result ?? '', ...seen };
  return {
    error: JSON.parse(ended.error?.payload ?? 'null'),
    context: ended.error?.context ?? '',
    stack: (ended.error?.stackTrace.elements ?? []).map(
      ({ step, routine, position: { line, column, length } }) =>
        `${step} ${routine} ${line}:${column}+${length}`,
    ),
    ...seen,
  };
}

/** Writes a workflow that returns an expression, after an assign step with the given lines. */
export function returnExpression(expression: string, assignments: readonly string[] = []): string {
  const assign =
    assignments.length === 0
      ? ''
      : `- prepare:\n    assign:\n${assignments.map((line) => `      - ${line}\n`).join('')}`;
  return `${assign}- answer:\n    return: ${JSON.stringify(`\${${expression}}`)}\n`;
}
