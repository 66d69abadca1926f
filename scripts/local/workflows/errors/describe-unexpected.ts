/** Describes an error that is not the workflow's own, without the paths of this machine. */
export function describeUnexpected(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, syscall } = error as NodeJS.ErrnoException;
  return code === undefined || syscall === undefined
    ? error.message
    : `${syscall} failed with ${code}`;
}
