import { FUNCTION_NAMES, type FunctionName } from '../../../functions/function-names.ts';
import { type FunctionOptions, type RunningFunction, startFunction } from './start-function.ts';

export interface FunctionsOptions extends Pick<FunctionOptions, 'environment' | 'logDirectory'> {
  readonly onLine?: (name: FunctionName, line: string) => void;
  readonly ports?: Partial<Readonly<Record<FunctionName, number>>>;
}

export interface RunningFunctions extends Readonly<Record<FunctionName, RunningFunction>> {
  stop(): Promise<void>;
}

/** Starts every function. If one does not start, none is left running. */
export async function startFunctions(options: FunctionsOptions): Promise<RunningFunctions> {
  const { environment, logDirectory, onLine, ports } = options;
  const starts = FUNCTION_NAMES.map(async (name) => {
    const running = await startFunction(name, {
      environment,
      logDirectory,
      port: ports?.[name],
      ...(onLine && { onLine: (line) => onLine(name, line) }),
    });
    return [name, running] as const;
  });
  const stop = async (): Promise<void> => {
    const started = await Promise.allSettled(starts);
    await Promise.all(
      started.map((each) => (each.status === 'fulfilled' ? each.value[1].stop() : undefined)),
    );
  };
  try {
    const running = await Promise.all(starts);
    return { ...(Object.fromEntries(running) as Record<FunctionName, RunningFunction>), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
