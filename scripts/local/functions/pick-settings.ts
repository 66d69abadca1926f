/** What a user may set for the functions in the shell; every other variable of it is kept away. */
const SETTINGS = ['FEED_IGNORED_COLUMNS', 'MAX_FEED_BYTES', 'MAX_REJECTED_PERCENT'] as const;

/** Picks the functions' settings from the environment of a command. */
export function pickSettings(
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    SETTINGS.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
