import { z } from 'zod';
import { FUNCTION_NAMES } from '../../functions/function-names.ts';

/** The stack's outputs, named as in terraform/outputs.tf. */
export const stackOutputs = z.object({
  project_id: z.string(),
  region: z.string(),
  workflow_name: z.string(),
  console_url: z.string(),
  run_command: z.string(),
  psql_command: z.string(),
  api_url: z.string(),
  database_connection_name: z.string().regex(/^[^:]+:[^:]+:[^:]+$/),
  database_name: z.string(),
  /** Each function's IAM database user. */
  database_users: z.record(z.enum(FUNCTION_NAMES), z.string()),
  database_public_ip: z.boolean(),
});

export type StackOutputs = z.infer<typeof stackOutputs>;
