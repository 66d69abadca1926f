import { z } from 'zod';
import { readTerraformVariables } from '../../shared/terraform-variables.ts';
import { type Check, finding, ok } from '../check.ts';
import { readToken } from './tool-checks.ts';

/**
 * Permissions that a deployment needs, by the predefined role that has them. They are not all, only
 * those without which a kind of resource cannot be created.
 * Source: https://cloud.google.com/iam/docs/roles-permissions
 */
const PERMISSIONS: Readonly<Record<string, readonly string[]>> = {
  'artifactregistry.admin': ['artifactregistry.repositories.create'],
  'cloudfunctions.admin': ['cloudfunctions.functions.create'],
  'cloudscheduler.admin': ['cloudscheduler.jobs.create'],
  'cloudsql.admin': [
    'cloudsql.instances.connect',
    'cloudsql.instances.create',
    'cloudsql.users.create',
    'cloudsql.users.update',
  ],
  'compute.networkAdmin': ['compute.globalAddresses.createInternal', 'compute.networks.create'],
  'eventarc.admin': ['eventarc.triggers.create'],
  'iam.serviceAccountAdmin': ['iam.serviceAccounts.create'],
  'iam.serviceAccountUser': ['iam.serviceAccounts.actAs'],
  // Needed by an alert policy on log entries, in addition to Monitoring's own.
  'logging.configWriter': ['logging.notificationRules.create'],
  'monitoring.admin': [
    'monitoring.alertPolicies.create',
    'monitoring.dashboards.create',
    'monitoring.metricDescriptors.create',
    'monitoring.notificationChannels.create',
  ],
  'pubsub.admin': [
    'pubsub.subscriptions.create',
    'pubsub.topics.create',
    'pubsub.topics.setIamPolicy',
  ],
  'resourcemanager.projectIamAdmin': ['resourcemanager.projects.setIamPolicy'],
  'run.admin': ['run.services.setIamPolicy'],
  'servicenetworking.networksAdmin': ['servicenetworking.services.addPeering'],
  'serviceusage.serviceUsageAdmin': ['serviceusage.services.enable'],
  'storage.admin': ['storage.buckets.create', 'storage.buckets.setIamPolicy'],
  'vpcaccess.admin': ['vpcaccess.connectors.create'],
  'workflows.admin': ['workflows.executions.create', 'workflows.workflows.create'],
};

const answer = z.object({ permissions: z.array(z.string()).default([]) });

/** The endpoint that gcloud uses, which may be another one in tests and for private access. */
function baseUrl(): string {
  return (
    process.env.CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER ??
    'https://cloudresourcemanager.googleapis.com/'
  );
}

/**
 * Asks the project which of the permissions the credentials have.
 * Source: https://cloud.google.com/resource-manager/reference/rest/v1/projects/testIamPermissions
 */
async function askPermissions(projectId: string, permissions: readonly string[]) {
  const url = new URL(`v1/projects/${projectId}:testIamPermissions`, baseUrl());
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await readToken()}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ permissions }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`The permissions could not be checked: ${text.slice(0, 300)}`);
  return new Set(answer.parse(JSON.parse(text)).permissions);
}

export function createPermissionCheck(terraformFolder: string): Check {
  return {
    name: 'permissions',
    needs: ['credentials', 'project'],
    async run() {
      const { projectId = '' } = readTerraformVariables(terraformFolder);
      const wanted = Object.values(PERMISSIONS).flat();
      const granted = await askPermissions(projectId, wanted);
      const missing = wanted.filter((permission) => !granted.has(permission));
      if (missing.length === 0) return ok(`all ${wanted.length} granted`);
      const roles = Object.entries(PERMISSIONS)
        .filter(([, permissions]) => permissions.some((each) => missing.includes(each)))
        .map(([role]) => `roles/${role}`);
      const mend = roles.map(
        (role) =>
          `gcloud projects add-iam-policy-binding ${projectId} --member="user:$(gcloud config get account)" --role=${role}`,
      );
      return finding(`You lack ${missing.join(', ')}`, mend.join('\n'));
    },
  };
}
