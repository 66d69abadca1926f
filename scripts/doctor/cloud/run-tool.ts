import { $ } from 'zx';

export interface ToolResult {
  readonly exitCode: number;
  readonly stdout: string;
  /** Of what it wrote to standard error, the line that begins with ERROR, or else the last. */
  readonly reason: string;
}

/** What a shell exits with when it does not find the program. */
export const NOT_FOUND = 127;

/**
 * Runs a program of the operator's, such as gcloud, and reads its answer. It asks nothing and
 * inherits nothing; a failure is in the result. Nothing secret may be among its arguments, which
 * every user of the machine can see.
 */
export async function runTool(program: string, args: readonly string[]): Promise<ToolResult> {
  const { exitCode, stdout, stderr } = await $({
    quiet: true,
    nothrow: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, CLOUDSDK_CORE_DISABLE_PROMPTS: '1' },
  })`${program} ${args}`;
  const lines = stderr.trim().split('\n');
  const reason = lines.find((line) => line.startsWith('ERROR')) ?? lines.at(-1) ?? '';
  return { exitCode: exitCode ?? 1, stdout, reason };
}
