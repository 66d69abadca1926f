import { z } from 'zod';
import { FUNCTION_NAMES } from '../../functions/function-names.ts';

/** What the stack says of itself; the names are those of terraform/outputs.tf. */
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
  /** IAM database user of each function. */
  database_users: z.record(z.enum(FUNCTION_NAMES), z.string()),
  database_public_ip: z.boolean(),
});

export type StackOutputs = z.infer<typeof stackOutputs>;
