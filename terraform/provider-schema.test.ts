import { describe, expect, test } from 'vitest';
import { findFaults } from './testing/find-faults.ts';
import { type ResourceSchema, readProviderSchema } from './testing/provider-schema.ts';
import { expressionOf, readTerraform } from './testing/read-terraform.ts';

const terraform = await readTerraform();
const schemas = readProviderSchema();

/** Arguments of the types used here that provider 7.0 removed or changed, by its upgrade guide. */
const CHANGED_IN_7 = [
  'google_cloudfunctions2_function.service_config.service',
  'google_storage_bucket.retention_policy.retention_period',
];

function schemaOf(type: string): ResourceSchema {
  const schema = schemas.get(type);
  if (schema === undefined) {
    throw new Error(`${type} is new here: node terraform/testing/update-provider-schema.ts`);
  }
  return schema;
}

/** Paths of all arguments that a block sets, without list positions. */
function pathsOf(value: unknown, path: string): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((each) => pathsOf(each, path));
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, each]) => pathsOf(each, `${path}.${key}`))];
}

describe('against the schema of provider 6.50.0', () => {
  test.each(terraform.resources.map((resource) => [resource.address, resource] as const))(
    '%s sets only known arguments, and all required ones',
    (address, { type, block }) => {
      expect(findFaults(address, block, schemaOf(type).arguments)).toEqual([]);
    },
  );

  test('the provider sets only known arguments, and all required ones', () => {
    expect(findFaults('provider', terraform.provider, schemaOf('provider').arguments)).toEqual([]);
  });

  test('reports faults', () => {
    const { arguments: schema } = schemaOf('google_eventarc_trigger');
    const block = {
      name: 'trigger',
      matching: 'type',
      matching_criteria: [{ attribute: 'type' }],
      destination: [{ workflow: 'a' }, { workflow: 'b' }],
      transport: { pubsub: 'topic' },
    };
    expect(findFaults('trigger', block, schema)).toEqual([
      'trigger has no argument matching',
      'trigger.matching_criteria needs value',
      'trigger takes one destination, not 2',
      'trigger.transport is a block',
      'trigger needs location',
    ]);
    const { arguments: topic } = schemaOf('google_cloud_scheduler_job');
    expect(findFaults('job', { name: [{ a: 'b' }] }, topic)).toEqual(['job.name is not a block']);
  });
});

test('nothing is set that provider 7.0 changed', () => {
  const paths = terraform.resources.flatMap(({ type, block }) => pathsOf(block, type));
  expect(paths.filter((path) => CHANGED_IN_7.includes(path))).toEqual([]);
  expect(paths).toContain('google_cloudfunctions2_function.service_config.timeout_seconds');
});

test('no API is disabled with the stack, whatever the provider’s default', () => {
  const services = terraform.resource('google_project_service.this');
  expect(services.disable_on_destroy).toBe(false);
});

test('every resource that supports user labels has them; the provider adds plain labels', () => {
  expect(terraform.provider.default_labels).toBe(expressionOf('local.labels'));
  const unlabelled = terraform.resources.filter(
    ({ type, block }) => 'user_labels' in schemaOf(type).arguments && !('user_labels' in block),
  );
  expect(unlabelled.map(({ address }) => address)).toEqual([]);
  const [settings] = terraform.resource('google_sql_database_instance.permits').settings as [
    Record<string, unknown>,
  ];
  expect(settings.user_labels).toBe(expressionOf('local.labels'));
});
