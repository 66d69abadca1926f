import { enableCompileCache } from 'node:module';
import { type Command, CommanderError } from 'commander';
import { COMPILE_CACHE } from './compile-cache.ts';

const WRONG_USAGE = 2;

/**
 * Runs a command line and sets the exit code: 2 with the usage for a wrong command line, 1 with one
 * line for a failure, otherwise what the action sets.
 */
export async function runCommand(command: Command): Promise<void> {
  enableCompileCache(COMPILE_CACHE);
  command.allowExcessArguments(false).showHelpAfterError().exitOverride();
  try {
    await command.parseAsync();
  } catch (error) {
    // Commander has printed its own message.
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : WRONG_USAGE;
    else {
      process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = 1;
    }
  }
}
