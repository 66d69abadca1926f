import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const TEXT = readFileSync(new URL('../../workflows/permit-sync.yaml', import.meta.url), 'utf8');

export interface WorkflowCall {
  /** The function's, such as `ingest-chunk`. */
  readonly name: string;
  /** How long the workflow waits, in seconds. */
  readonly timeout: number;
}

function findCalls(value: unknown): readonly WorkflowCall[] {
  if (typeof value !== 'object' || value === null) return [];
  const { call, args } = value as { call?: unknown; args?: { url: string; timeout: number } };
  if (call === 'call_function' && args !== undefined) {
    const [, name = ''] = /^\$\{(\w+)_url\}$/.exec(args.url) ?? [];
    return [{ name: name.replaceAll('_', '-'), timeout: args.timeout }];
  }
  return Object.values(value).flatMap(findCalls);
}

/** Each call of a function that the workflow makes. */
export function listWorkflowCalls(): readonly WorkflowCall[] {
  return findCalls(parse(TEXT));
}

/** The environment variables that the workflow reads, without those of the service. */
export function listWorkflowVariables(): readonly string[] {
  const read = [...TEXT.matchAll(/sys\.get_env\("(\w+)"\)/g)].map(([, name = '']) => name);
  return [...new Set(read)].filter((name) => !name.startsWith('GOOGLE_CLOUD_'));
}
