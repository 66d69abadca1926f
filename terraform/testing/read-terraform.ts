import { readdirSync, readFileSync } from 'node:fs';
import { parse } from '@cdktn/hcl2json';

/** The arguments of a block, with expressions as `${…}` and nested blocks as lists of blocks. */
export type Block = Readonly<Record<string, unknown>>;

export interface Resource {
  /** Such as `google_pubsub_topic`; the type of a data source begins with `data.` */
  readonly type: string;
  readonly name: string;
  /** `type.name`, which expressions use to refer to it. */
  readonly address: string;
  readonly block: Block;
}

export interface Terraform {
  readonly resources: readonly Resource[];
  readonly variables: Readonly<Record<string, Block>>;
  readonly outputs: Readonly<Record<string, Block>>;
  readonly locals: Block;
  readonly provider: Block;
  /** All parsed files by name. */
  readonly files: Readonly<Record<string, Block>>;
  /** The block of the resource with an address. @throws Error if there is none. */
  resource(address: string): Block;
}

export const TERRAFORM_FOLDER = new URL('../', import.meta.url);

function blocksOf(group: unknown): readonly [string, Block][] {
  return Object.entries((group ?? {}) as Record<string, readonly Block[]>).map(([name, blocks]) => [
    name,
    blocks[0] ?? {},
  ]);
}

function resourcesOf(group: unknown, prefix: string): readonly Resource[] {
  return Object.entries((group ?? {}) as Record<string, unknown>).flatMap(([kind, named]) =>
    blocksOf(named).map(([name, block]) => {
      const type = `${prefix}${kind}`;
      return { type, name, address: `${type}.${name}`, block };
    }),
  );
}

/** Parses every .tf file of the stack. */
export async function readTerraform(): Promise<Terraform> {
  const names = readdirSync(TERRAFORM_FOLDER).filter((name) => name.endsWith('.tf'));
  const parsed = names.map(async (name) => {
    const text = readFileSync(new URL(name, TERRAFORM_FOLDER), 'utf8');
    return [name, (await parse(name, text)) as Block] as const;
  });
  const files = Object.fromEntries(await Promise.all(parsed));
  const all = Object.values(files);
  const resources = all.flatMap((file) => [
    ...resourcesOf(file.resource, ''),
    ...resourcesOf(file.data, 'data.'),
  ]);
  return {
    files,
    resources,
    variables: Object.fromEntries(all.flatMap((file) => blocksOf(file.variable))),
    outputs: Object.fromEntries(all.flatMap((file) => blocksOf(file.output))),
    locals: Object.assign({}, ...all.flatMap((file) => file.locals ?? [])),
    provider: blocksOf(all.find((file) => file.provider)?.provider)[0]?.[1] ?? {},
    resource(address) {
      const found = resources.find((each) => each.address === address);
      if (found === undefined) throw new Error(`There is no ${address}`);
      return found.block;
    },
  };
}

/** The first nested block with a name. @throws Error if there is none. */
export function blockIn(block: Block, name: string): Block {
  const [first] = (block[name] ?? []) as readonly Block[];
  if (first === undefined) throw new Error(`There is no block ${name}`);
  return first;
}

/** Wraps an expression in `${…}`, as hcl2json does. */
export function expressionOf(text: string): string {
  return `\${${text}}`;
}
