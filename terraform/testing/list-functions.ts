import { blockIn, type Terraform } from './read-terraform.ts';
import { resolveExpression } from './resolve-expression.ts';

export interface DeployedFunction {
  /** Key and entry point of the function, such as `ingest-chunk`. */
  readonly name: string;
  /** Name of its Cloud Run service. */
  readonly service: string;
  readonly entryPoint: string;
  readonly timeoutSeconds: number;
  readonly maxInstances: number;
  readonly concurrency: number;
  readonly ingress: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Sample values of expressions that are known only after the stack is applied. */
const KNOWN = {
  'var.project_id': 'my-project',
  'google_storage_bucket.feeds.name': 'my-project-permit-sync-feeds',
  'google_sql_database_instance.permits.connection_name': 'my-project:region:permit-sync',
  'google_sql_user.function[each.key].name': 'permit-sync@my-project.iam',
  'google_sql_database.permits.name': 'permits',
  'join(",", var.feed_allowed_hosts)': '',
  'join(",", var.feed_ignored_columns)': '',
};

/** Lists the functions as Terraform deploys them with the variables' defaults. */
export function listFunctions(terraform: Terraform): readonly DeployedFunction[] {
  const block = terraform.resource('google_cloudfunctions2_function.this');
  const service = blockIn(block, 'service_config');
  const functions = terraform.locals.functions as Record<string, Record<string, unknown>>;
  return Object.entries(functions).map(([key, value]) => {
    const resolve = (argument: unknown) =>
      resolveExpression(terraform, argument, { each: { key, value }, known: KNOWN });
    const environment = Object.entries(service.environment_variables as Record<string, unknown>);
    return {
      name: key,
      service: String(resolve(block.name)),
      entryPoint: String(resolve(blockIn(block, 'build_config').entry_point)),
      timeoutSeconds: Number(resolve(service.timeout_seconds)),
      maxInstances: Number(resolve(service.max_instance_count)),
      concurrency: Number(resolve(service.max_instance_request_concurrency)),
      ingress: String(resolve(service.ingress_settings)),
      environment: Object.fromEntries(
        environment.map(([name, argument]) => [name, String(resolve(argument))]),
      ),
    };
  });
}
