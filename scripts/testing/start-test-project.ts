import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestServer } from '../../functions/shared/testing/start-test-server.ts';
import { type Answer, createStubPrograms, type StubPrograms } from './stub-programs.ts';

/** An access token that no output may contain. */
export const TOKEN = 'ya29.a-token-of-the-test';

export interface TestProject extends AsyncDisposable {
  readonly programs: StubPrograms;
  /** A Terraform folder, beside which `dist` is written. */
  readonly terraform: string;
  /** Environment of the command under test. */
  readonly environment: Readonly<Record<string, string>>;
  /** Permissions that the project does not grant. */
  readonly denied: Set<string>;
  setVariables(text: string): Promise<void>;
}

const STACK = `
variable "project_id" {
  type = string
}

variable "database_public_ip" {
  type     = bool
  nullable = false
}

variable "region" {
  type    = string
  default = "northamerica-northeast2"
}

resource "google_project_service" "this" {
  for_each = toset([
    "sqladmin.googleapis.com",
    "workflows.googleapis.com",
  ])
  service = each.key
}
`;

export const VARIABLES = `
project_id         = "test-project"
database_public_ip = true # deliberately
`;

/** The answers of gcloud and terraform for a project that has no problems. */
export const HEALTHY: readonly Answer[] = [
  { when: 'gcloud version', stdout: '{"Google Cloud SDK": "528.0.0"}' },
  { when: 'terraform version', stdout: '{"terraform_version": "1.11.4"}' },
  { when: 'gcloud auth list', stdout: 'ops@example.com\n' },
  { when: 'print-access-token', stdout: `${TOKEN}\n` },
  { when: 'gcloud projects describe', stdout: '{"lifecycleState": "ACTIVE"}' },
  { when: 'gcloud billing', stdout: '{"billingEnabled": true}' },
  {
    when: 'gcloud services list',
    stdout:
      'cloudresourcemanager.googleapis.com\nserviceusage.googleapis.com\nworkflows.googleapis.com\n',
  },
];

/** Starts stub programs, a Terraform folder and an API for the project's permissions. */
export async function startTestProject(): Promise<TestProject> {
  const directory = await mkdtemp(join(tmpdir(), 'project-'));
  const terraform = join(directory, 'terraform');
  const programs = await createStubPrograms(['gcloud', 'terraform']);
  const denied = new Set<string>();
  const server = await startTestServer(async (request, response) => {
    const parts: Uint8Array[] = [];
    for await (const part of request) parts.push(part as Uint8Array);
    const { permissions } = JSON.parse(Buffer.concat(parts).toString());
    const isKnown =
      request.headers.authorization === `Bearer ${TOKEN}` &&
      request.url === '/v1/projects/test-project:testIamPermissions';
    response.writeHead(isKnown ? 200 : 403, { 'content-type': 'application/json' });
    const granted = permissions.filter((each: string) => !denied.has(each));
    response.end(JSON.stringify(isKnown ? { permissions: granted } : { error: request.url }));
  });
  const setVariables = (text: string) => writeFile(join(terraform, 'terraform.tfvars'), text);
  await mkdir(terraform);
  await writeFile(join(terraform, 'main.tf'), STACK);
  await setVariables(VARIABLES);
  await programs.answer(HEALTHY);
  return {
    programs,
    terraform,
    denied,
    setVariables,
    environment: {
      PATH: programs.path,
      CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER: `${server.url}/`,
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await programs[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    },
  };
}
