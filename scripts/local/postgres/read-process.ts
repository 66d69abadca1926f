import { readFile, stat } from 'node:fs/promises';
import { runProgram } from './run-program.ts';

/**
 * A live process. Its pid alone says little: after a crash or reboot another program may have it.
 */
export interface ProcessFacts {
  /** In the system's own notation. */
  readonly startedAt: string;
  /** The command line. */
  readonly command: string;
}

/** Looks up a process; null if there is none, or it is a zombie. */
export async function readProcess(pid: number): Promise<ProcessFacts | null> {
  const hasProcFolder = await stat('/proc/self/stat').then(
    () => true,
    () => false,
  );
  return hasProcFolder ? readProcFolder(pid) : askPs(pid);
}

/**
 * For Linux: field 3 of `stat` is the state, field 22 the start in clock ticks since boot; proc(5).
 */
async function readProcFolder(pid: number): Promise<ProcessFacts | null> {
  try {
    const [facts, commandLine] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
    ]);
    // The second field is the program's name in parentheses, and may contain spaces.
    const [state, ...fields] = facts.slice(facts.lastIndexOf(')') + 2).split(' ');
    const command = commandLine.replaceAll('\0', ' ').trim();
    return state === 'Z' ? null : { startedAt: fields[18] ?? '', command };
  } catch {
    return null;
  }
}

/** For systems without /proc. */
async function askPs(pid: number): Promise<ProcessFacts | null> {
  try {
    const columns = 'stat=,lstart=,command=';
    const { output } = await runProgram('ps', ['-o', columns, '-p', String(pid)]);
    const [, state, startedAt, command] = /^\s*(\S+)\s+(.{24})\s+(.*)/.exec(output) ?? [];
    if (startedAt === undefined || state?.startsWith('Z')) return null;
    return { startedAt, command: command ?? '' };
  } catch {
    return null;
  }
}
