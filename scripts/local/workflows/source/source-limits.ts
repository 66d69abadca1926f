/** Limits checked at deployment. Source: the quotas page and the published JSON schema. */
export const SOURCE_LIMITS = {
  sourceBytes: 128 * 1024,
  assignmentsPerStep: 50,
  conditionsPerSwitch: 50,
  branchesPerStep: 10,
  branchesPerStepMinimum: 2,
  parametersPerSubworkflow: 10,
  // UNCONFIRMED in official text, but all linters use it; refusing keeps a file portable.
  expressionCharacters: 400,
} as const;
