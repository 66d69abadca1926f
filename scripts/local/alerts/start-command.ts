interface Argument {
  readonly file_path?: string;
  readonly partial?: boolean;
  readonly accept_shrink?: boolean;
  readonly accept_drift?: boolean;
  readonly accept_outdated?: boolean;
  readonly dry_run?: boolean;
}

const FLAGS = ['partial', 'accept_shrink', 'accept_drift', 'accept_outdated', 'dry_run'] as const;

/**
 * Writes the `npm start` that runs a sync with an argument, for the mail of a run without a dead
 * letter.
 *
 * @returns undefined for an object in a bucket, which `npm start` does not take.
 */
export function startCommand(argument: Argument): string | undefined {
  const { file_path } = argument;
  if (file_path !== undefined && /^gs:/i.test(file_path)) return undefined;
  const feed = file_path === undefined ? [] : [feedOption(file_path)];
  const flags = FLAGS.filter((flag) => argument[flag]).map((flag) => flag.replaceAll('_', '-'));
  const options = [...feed, ...flags.map((flag) => `--${flag}`)];
  return ['npm start', ...(options.length > 0 ? ['--', ...options] : [])].join(' ');
}

function feedOption(path: string): string {
  const quoted = `'${path.replaceAll("'", String.raw`'\''`)}'`;
  return `${/^https?:/i.test(path) ? '--url' : '--file'} ${quoted}`;
}
