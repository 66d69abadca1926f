/** Limits of a running execution. Source: the quotas page. */
export const RUN_LIMITS = {
  /** For all variables together, by the documented formula. */
  memoryBytes: 512 * 1024,
  /** For one string, in UTF-8. */
  stringBytes: 256 * 1024,
  steps: 100_000,
  callDepth: 20,
  parallelDepth: 2,
  /** Branches and iterations that run concurrently in one execution. */
  concurrentBranches: 20,
  reportedBranchErrors: 100,
  argumentBytes: 32 * 1024,
} as const;
