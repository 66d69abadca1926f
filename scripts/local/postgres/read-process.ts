import { readFile } from 'node:fs/promises';
import { runProgram } from './run-program.ts';

/** A live process: when it started, in the system's own spelling, and its command line. */
export type ProcessFacts = Readonly<{ startedAt: string; command: string }>;

/**
 * What is known of a process, or null when there is none. A pid alone says little: after a crash
 * or a reboot another program has it.
 */
export async function readProcess(pid: number): Promise<ProcessFacts | null> {
  return (await readProcFolder(pid)) ?? (await askPs(pid));
}

/** Linux. Field 22 of `stat` is the start in clock ticks since boot; proc(5). */
async function readProcFolder(pid: number): Promise<ProcessFacts | null> {
  try {
    const [stat, commandLine] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
    ]);
    // The second field is the program's name in parentheses and may hold spaces itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; only its parent has not noticed.
    if (fields[0] === 'Z') return null;
    return { startedAt: fields[19] ?? '', command: commandLine.replaceAll('\0', ' ').trim() };
  } catch {
    return null;
  }
}

/** Systems without /proc. */
async function askPs(pid: number): Promise<ProcessFacts | null> {
  try {
    const { exitCode, output } = await runProgram('ps', ['-o', 'lstart=,command=', '-p', `${pid}`]);
    const [, startedAt, command] = /^\s*(.{24})\s+(.*)/.exec(output) ?? [];
    return exitCode === 0 && startedAt !== undefined ? { startedAt, command: command ?? '' } : null;
  } catch {
    return null;
  }
}
