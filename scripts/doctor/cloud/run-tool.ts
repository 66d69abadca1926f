import { $ } from 'zx';

export interface ToolResult {
  readonly exitCode: number;
  readonly stdout: string;
  /** From standard error, the line that begins with ERROR, otherwise the last line. */
  readonly reason: string;
}

/** A shell's exit code when it does not find the program. */
export const NOT_FOUND = 127;

/**
 * Runs one of the operator's programs, such as gcloud, without prompts and returns its output, even
 * if it fails. Its arguments must not contain secrets, because every user of the machine can see
 * them.
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
