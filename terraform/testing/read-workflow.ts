import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const TEXT = readFileSync(new URL('../../workflows/permit-sync.yaml', import.meta.url), 'utf8');

export interface WorkflowCall {
  /** Name of the called function, such as `ingest-chunk`. */
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

/** Lists the function calls that the workflow makes. */
export function listWorkflowCalls(): readonly WorkflowCall[] {
  return findCalls(parse(TEXT));
}

/** Lists the environment variables that the workflow reads, except the ones that Google sets. */
export function listWorkflowVariables(): readonly string[] {
  const read = [...TEXT.matchAll(/sys\.get_env\("(\w+)"\)/g)].map(([, name = '']) => name);
  return [...new Set(read)].filter((name) => !name.startsWith('GOOGLE_CLOUD_'));
}
