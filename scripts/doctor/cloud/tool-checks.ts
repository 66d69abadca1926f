import { type Check, finding, ok } from '../check.ts';
import { NOT_FOUND, runTool } from './run-tool.ts';

const GCLOUD_HOME = 'install it: https://cloud.google.com/sdk/docs/install';
const TERRAFORM_HOME = 'install it: https://developer.hashicorp.com/terraform/install';

/** The stack's `required_version`. */
const LEAST_TERRAFORM = [1, 9] as const;

const gcloud: Check = {
  name: 'gcloud',
  async run() {
    const { exitCode, stdout, reason } = await runTool('gcloud', ['version', '--format=json']);
    if (exitCode === NOT_FOUND) return finding('gcloud is not on the PATH', GCLOUD_HOME);
    if (exitCode !== 0) return finding(`gcloud does not run: ${reason}`, GCLOUD_HOME);
    return ok(String(JSON.parse(stdout)['Google Cloud SDK'] ?? 'found'));
  },
};

const terraform: Check = {
  name: 'terraform',
  async run() {
    const { exitCode, stdout, reason } = await runTool('terraform', ['version', '-json']);
    if (exitCode === NOT_FOUND) return finding('terraform is not on the PATH', TERRAFORM_HOME);
    if (exitCode !== 0) return finding(`terraform does not run: ${reason}`, TERRAFORM_HOME);
    const version = String(JSON.parse(stdout).terraform_version);
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const [leastMajor, leastMinor] = LEAST_TERRAFORM;
    if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return ok(version);
    const least = LEAST_TERRAFORM.join('.');
    return finding(`Terraform ${version} is too old: ${least} or later is needed`, TERRAFORM_HOME);
  },
};

const login: Check = {
  name: 'login',
  needs: ['gcloud'],
  async run() {
    const { stdout } = await runTool('gcloud', [
      'auth',
      'list',
      '--filter=status:ACTIVE',
      '--format=value(account)',
    ]);
    const account = stdout.trim();
    return account ? ok(account) : finding('gcloud is not logged in', 'gcloud auth login');
  },
};

const credentials: Check = {
  name: 'credentials',
  needs: ['gcloud'],
  async run() {
    if ((await readToken()) !== undefined) return ok('application-default credentials');
    return finding(
      'Terraform and the clients have no application-default credentials',
      'gcloud auth application-default login',
    );
  },
};

/** Reads an access token of the application-default credentials; undefined without credentials. */
export async function readToken(): Promise<string | undefined> {
  const args = ['auth', 'application-default', 'print-access-token'];
  const { exitCode, stdout } = await runTool('gcloud', args);
  return exitCode === 0 ? stdout.trim() : undefined;
}

/** Checks of the machine's programs and the operator's credentials. */
export const TOOL_CHECKS: readonly Check[] = [gcloud, terraform, login, credentials];
