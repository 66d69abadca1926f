import { readFileSync } from 'node:fs';

/** An argument, or a block with the arguments inside it. */
export type SchemaArgument =
  | { readonly kind: 'attribute'; readonly required?: true; readonly values?: readonly string[] }
  | {
      readonly kind: 'block';
      readonly required?: true;
      /** Only one such block may stand there. */
      readonly single?: true;
      readonly arguments: SchemaArguments;
    };

export type SchemaArguments = Readonly<Record<string, SchemaArgument>>;

export interface ResourceSchema {
  /** `google_pubsub_topic`, `data.google_project`, or `provider`. */
  readonly type: string;
  readonly arguments: SchemaArguments;
  /** What can be read of it besides its arguments. */
  readonly computed: readonly string[];
}

/** The schema of provider 6.50.0, by type, of the types that this stack uses. */
export function readProviderSchema(): ReadonlyMap<string, ResourceSchema> {
  const file = new URL('./provider-schema-6.50.jsonl', import.meta.url);
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  const schemas = lines.map((line): ResourceSchema => JSON.parse(line));
  return new Map(schemas.map((schema) => [schema.type, schema]));
}
