import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface TerraformVariables {
  /** Path of terraform.tfvars, even if it does not exist. */
  readonly file: string;
  readonly exists: boolean;
  /** Names of the stack's variables that have no default and are not set. */
  readonly unset: readonly string[];
  readonly projectId: string | undefined;
}

/**
 * Reads the variables of a Terraform folder that are needed before Terraform runs. A variable is
 * set by a line `name = value` in terraform.tfvars or by TF_VAR_<name>; Terraform itself reads the
 * rest.
 */
export function readTerraformVariables(folder: string): TerraformVariables {
  const file = join(folder, 'terraform.tfvars');
  const exists = existsSync(file);
  const text = exists ? readFileSync(file, 'utf8') : '';
  const set = new Map(
    [...text.matchAll(/^\s*(\w+)\s*=\s*(.*?)\s*$/gm)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  );
  const fromEnvironment = (name: string) => process.env[`TF_VAR_${name}`];
  const unset = listRequired(folder).filter(
    (name) => !set.has(name) && fromEnvironment(name) === undefined,
  );
  const quoted = /^"([^"$%]+)"/.exec(set.get('project_id') ?? '')?.[1];
  return { file, exists, unset, projectId: quoted ?? fromEnvironment('project_id') };
}

function listRequired(folder: string): readonly string[] {
  return readStack(folder)
    .flatMap((text) => [...text.matchAll(/^variable "(\w+)" \{\n(.*?)^\}/gms)])
    .filter(([, , body = '']) => !/^ {2}default\s*=/m.test(body))
    .map(([, name = '']) => name);
}

/** Reads the .tf files of a folder. */
export function readStack(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.tf'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}
