import { describe, expect, test } from 'vitest';
import { expressionOf, readTerraform } from './testing/read-terraform.ts';

const terraform = await readTerraform();
const bindings = terraform.resources.filter(({ type }) => type.includes('_iam_'));

/** Project roles, where Google has no narrower level; `*` marks a condition on a resource. */
const ON_PROJECT = {
  build_source_viewer: 'roles/storage.objectViewer *',
  database_client: 'roles/cloudsql.client *',
  database_user: 'roles/cloudsql.instanceUser *',
  event_receiver: 'roles/eventarc.eventReceiver',
  execution_viewer: 'roles/workflows.viewer',
  log_writer: 'roles/logging.logWriter',
  metric_writer: 'roles/monitoring.metricWriter',
  workflow_invoker: 'roles/workflows.invoker',
};

const OUR_ACCOUNT = /^\$\{google_service_account\.\w+(\["[\w-]+"\]|\[each\.key\])?\.member\}$/;

/** Roles on a single resource. */
const ON_RESOURCE = {
  'google_artifact_registry_repository_iam_member.build': 'roles/artifactregistry.writer',
  'google_cloud_run_service_iam_member.api': 'roles/run.invoker',
  'google_cloud_run_service_iam_member.workflow': 'roles/run.invoker',
  'google_pubsub_topic_iam_member.workflow': 'roles/pubsub.publisher',
  'google_storage_bucket_iam_member.build': 'roles/storage.objectViewer',
  'google_storage_bucket_iam_member.feed_reader': 'roles/storage.objectViewer',
  'google_storage_bucket_iam_member.feed_source_reader': 'roles/storage.objectViewer',
  'google_storage_bucket_iam_member.feed_writer': 'roles/storage.objectUser',
};

describe('roles', () => {
  test('on the project are only the ones that Google cannot grant at a narrower level', () => {
    const roles = bindings
      .filter(({ type }) => type === 'google_project_iam_member')
      .map(({ name, block }) => [name, `${block.role}${'condition' in block ? ' *' : ''}`]);
    expect(Object.fromEntries(roles)).toEqual(ON_PROJECT);
  });

  test('on resources are only the ones that their actors need', () => {
    const roles = bindings
      .filter(({ type }) => type !== 'google_project_iam_member')
      .map(({ address, block }) => [address, block.role]);
    expect(Object.fromEntries(roles)).toEqual(ON_RESOURCE);
  });

  test('are only added; no resource removes a role from its other members', () => {
    expect(bindings.filter(({ type }) => !type.endsWith('_iam_member'))).toEqual([]);
  });

  test('are granted only to accounts of this stack and members that the operator lists', () => {
    const members = bindings.flatMap(({ block }) =>
      block.member === expressionOf('each.value')
        ? Object.values(block.for_each as Readonly<Record<string, string>>)
        : [String(block.member)],
    );
    const others = members.filter((member) => !OUR_ACCOUNT.test(member));
    expect(others).toEqual([expressionOf('each.key')]);
  });
});

describe('service accounts', () => {
  test('exist once per actor', () => {
    const accounts = terraform.resources.filter(({ type }) => type === 'google_service_account');
    expect(accounts.map(({ name }) => name).sort()).toEqual([
      'build',
      'function',
      'scheduler',
      'trigger',
      'workflow',
    ]);
  });

  test('are set on everything that runs, so nothing falls back to the project’s default', () => {
    expect(terraform.resource('google_cloudfunctions2_function.this')).toMatchObject({
      build_config: [{ service_account: expressionOf('google_service_account.build.id') }],
      service_config: [
        {
          service_account_email: expressionOf('google_service_account.function[each.key].email'),
        },
      ],
    });
    expect(terraform.resource('google_workflows_workflow.this').service_account).toBe(
      expressionOf('google_service_account.workflow.id'),
    );
  });
});

test('buckets are private and have uniform access', () => {
  const buckets = terraform.resources.filter(({ type }) => type === 'google_storage_bucket');
  expect(buckets).toHaveLength(2);
  for (const { block } of buckets) {
    expect(block).toMatchObject({
      uniform_bucket_level_access: true,
      public_access_prevention: 'enforced',
    });
  }
});

test('the database admits only the connector, over private IP or, if chosen, public IP', () => {
  const { settings } = terraform.resource('google_sql_database_instance.permits');
  expect(settings).toMatchObject([
    {
      connector_enforcement: 'REQUIRED',
      ip_configuration: [{ ipv4_enabled: expressionOf('var.database_public_ip') }],
    },
  ]);
  expect(JSON.stringify(settings)).not.toContain('authorized_networks');
  expect(terraform.variables.database_public_ip).not.toHaveProperty('default');
});
