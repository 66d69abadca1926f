/** The result of a check: a detail, or a problem and how to fix it. */
export type Outcome =
  | { readonly ok: true; readonly detail: string }
  | { readonly ok: false; readonly problem: string; readonly mend: string };

export interface Check {
  readonly name: string;
  /** Checks that must pass before this one makes sense. */
  readonly needs?: readonly string[];
  run(): Promise<Outcome>;
}

export interface CheckResult {
  readonly name: string;
  readonly state: 'ok' | 'failed' | 'skipped';
  readonly detail?: string;
  readonly problem?: string;
  readonly mend?: string;
}

export function ok(detail: string): Outcome {
  return { ok: true, detail };
}

export function finding(problem: string, mend: string): Outcome {
  return { ok: false, problem, mend };
}

/**
 * Runs checks concurrently, each after the earlier checks that it needs.
 *
 * @returns their results in the order of the checks.
 */
export function runChecks(checks: readonly Check[]): Promise<readonly CheckResult[]> {
  const results = new Map<string, Promise<CheckResult>>();
  for (const check of checks) {
    results.set(
      check.name,
      runCheck(
        check,
        (check.needs ?? []).map((name) => results.get(name)),
      ),
    );
  }
  return Promise.all(results.values());
}

async function runCheck(
  { name, run }: Check,
  needs: readonly (Promise<CheckResult> | undefined)[],
): Promise<CheckResult> {
  const missing = (await Promise.all(needs)).find((result) => result?.state !== 'ok');
  if (missing) return { name, state: 'skipped', detail: `${missing.name} first` };
  const outcome = await run().catch((error: Error) =>
    finding(error.message, 'try again; if the problem persists, this check has a bug'),
  );
  if (outcome.ok) return { name, state: 'ok', detail: outcome.detail };
  return { name, state: 'failed', problem: outcome.problem, mend: outcome.mend };
}

/** @returns true when no check failed or was skipped. */
export function allWell(results: readonly CheckResult[]): boolean {
  return results.every(({ state }) => state === 'ok');
}
