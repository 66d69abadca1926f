/** The failure of a step: its name, the cause, and what to do next. */
export class StepFailure extends Error {
  override name = 'StepFailure';
  readonly step: string;
  readonly next: string;
  readonly done: readonly string[];

  constructor(step: string, cause: unknown, next: string, done: readonly string[]) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.step = step;
    this.next = next;
    this.done = done;
  }
}

export interface Steps {
  /** Names of the completed steps. */
  readonly done: readonly string[];
  /** @throws StepFailure with `next` if the work throws. */
  run<T>(name: string, next: string, work: () => Promise<T>): Promise<T>;
}

/** Runs named steps in sequence and announces each. */
export function createSteps(say: (text: string) => void): Steps {
  const done: string[] = [];
  return {
    done,
    async run(name, next, work) {
      say(`\n== ${name}\n`);
      try {
        const result = await work();
        done.push(name);
        return result;
      } catch (error) {
        throw error instanceof StepFailure ? error : new StepFailure(name, error, next, [...done]);
      }
    },
  };
}
