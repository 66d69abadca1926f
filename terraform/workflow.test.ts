import { parse } from '@cdktn/hcl2json';
import { describe, expect, test } from 'vitest';
import { downloadRequest } from '../functions/download/contract.ts';
import { blockIn, expressionOf, readTerraform } from './testing/read-terraform.ts';
import { listWorkflowCalls, listWorkflowVariables } from './testing/read-workflow.ts';

const terraform = await readTerraform();
const workflow = terraform.resource('google_workflows_workflow.this');
const variables = workflow.user_env_vars as Readonly<Record<string, string>>;

describe('the workflow', () => {
  test('is deployed from the shared file under the name that the functions use', () => {
    expect(workflow.source_contents).toBe(
      expressionOf(`file("${expressionOf('path.module')}/../workflows/permit-sync.yaml")`),
    );
    expect(workflow.name).toBe(expressionOf('local.name'));
    expect(terraform.locals.name).toBe('permit-sync');
  });

  test('gets exactly the variables that it reads', () => {
    expect(Object.keys(variables).sort()).toEqual([...listWorkflowVariables()].sort());
  });

  // Without a path, the address is its own audience; another host would not count as internal.
  test.each([...new Set(listWorkflowCalls().map(({ name }) => name))])(
    'calls %s at its run.app address',
    (name) => {
      const variable = `${name.replaceAll('-', '_').toUpperCase()}_URL`;
      expect(variables[variable]).toBe(
        expressionOf(`google_cloudfunctions2_function.this["${name}"].service_config[0].uri`),
      );
    },
  );

  test('announces completed runs on their topic', () => {
    expect(variables.COMPLETED_TOPIC).toBe(expressionOf('google_pubsub_topic.sync_completed.name'));
  });

  test('publishes dead letters on the topic of the subscription', () => {
    expect(variables.DEAD_LETTER_TOPIC).toBe(
      expressionOf('google_pubsub_topic.sync_dead_letter.name'),
    );
    const subscription = terraform.resource('google_pubsub_subscription.sync_dead_letter');
    expect(subscription.topic).toBe(expressionOf('google_pubsub_topic.sync_dead_letter.id'));
    // npm run redrive pulls from the subscription with this name.
    expect(subscription.name).toBe('sync-dead-letter');
    expect(subscription.message_retention_duration).toBe(`${14 * 86_400}s`);
    expect(blockIn(subscription, 'expiration_policy').ttl).toBe('');
  });
});

describe('triggers of the workflow', () => {
  test('the schedule sends an argument that download accepts, with its own account', async () => {
    const target = blockIn(
      terraform.resource('google_cloud_scheduler_job.weekdays'),
      'http_target',
    );
    const body = /^\$\{base64encode\(jsonencode\(\{ argument = jsonencode\((.+)\) \}\)\)\}$/;
    const [, argument = ''] = body.exec(String(target.body)) ?? [];
    const { locals } = (await parse('argument.tf', `locals {\n argument = ${argument}\n}`)) as {
      locals: [{ argument: Record<string, unknown> }];
    };
    expect(
      downloadRequest.parse({ ...locals[0].argument, execution_id: 'an-execution' }),
    ).toMatchObject({ trigger: 'schedule' });
    expect(target.uri).toBe(
      `https://workflowexecutions.googleapis.com/v1/${expressionOf('google_workflows_workflow.this.id')}/executions`,
    );
    expect(blockIn(target, 'oauth_token').service_account_email).toBe(
      expressionOf('google_service_account.scheduler.email'),
    );
  });

  test('Eventarc passes on each message of sync-trigger, with the trigger’s account', () => {
    const trigger = terraform.resource('google_eventarc_trigger.sync_trigger');
    expect(trigger).toMatchObject({
      matching_criteria: [
        { attribute: 'type', value: 'google.cloud.pubsub.topic.v1.messagePublished' },
      ],
      destination: [{ workflow: expressionOf('google_workflows_workflow.this.id') }],
      transport: [{ pubsub: [{ topic: expressionOf('google_pubsub_topic.sync_trigger.id') }] }],
      service_account: expressionOf('google_service_account.trigger.email'),
    });
    expect(terraform.resource('google_pubsub_topic.sync_trigger').name).toBe('sync-trigger');
  });
});
