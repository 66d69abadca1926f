import type { Config } from '../shared/config.ts';
import type { SyncRun } from '../shared/schema.ts';

/** Failures that leave no dead letter; `skip_letter` in the workflow has the same list. */
const WITHOUT_LETTER: ReadonlySet<string | null> = new Set([
  'sync_already_running',
  'feed_outdated',
]);

/** How an operator runs a failed run's sync again. */
export interface Retry {
  /** The command line. */
  readonly command: string;
  /** The run's argument; only if the run has no dead letter. */
  readonly argument?: Readonly<Record<string, unknown>>;
}

type Named = Pick<Config, 'GOOGLE_CLOUD_PROJECT' | 'WORKFLOW_LOCATION' | 'WORKFLOW_NAME'>;

/**
 * Names the command that redrives a failed run's dead letter, or else starts its sync again.
 *
 * @param resumes the run that a refused trigger was to resume.
 */
export function describeRetry(config: Named, run: SyncRun, resumes?: number): Retry {
  const project = config.GOOGLE_CLOUD_PROJECT;
  if (!run.dry_run && !WITHOUT_LETTER.has(run.error_code)) {
    return { command: `npm run redrive -- --project ${project} --run ${run.id}` };
  }
  const argument = {
    ...argumentOf(run),
    ...(resumes === undefined ? {} : { resume_run_id: resumes }),
  };
  const data = JSON.stringify(argument).replaceAll("'", String.raw`'\''`);
  const where = `--project=${project} --location=${config.WORKFLOW_LOCATION}`;
  const command = `gcloud workflows run ${config.WORKFLOW_NAME} ${where} --data='${data}'`;
  return { command, argument };
}

function argumentOf(run: SyncRun): Readonly<Record<string, unknown>> {
  const { file_path, partial, accept_shrink, accept_drift, accept_outdated, dry_run } = run;
  const flags = { partial, accept_shrink, accept_drift, accept_outdated, dry_run };
  return {
    ...(file_path === null ? {} : { file_path }),
    ...Object.fromEntries(Object.entries(flags).filter(([, isSet]) => isSet)),
  };
}
