import { readFileSync } from 'node:fs';

/** An attribute, or a block with its own arguments. */
export type SchemaArgument =
  | { readonly kind: 'attribute'; readonly required?: true; readonly values?: readonly string[] }
  | {
      readonly kind: 'block';
      readonly required?: true;
      /** The block may appear only once. */
      readonly single?: true;
      readonly arguments: SchemaArguments;
    };

export type SchemaArguments = Readonly<Record<string, SchemaArgument>>;

export interface ResourceSchema {
  /** `google_pubsub_topic`, `data.google_project`, or `provider`. */
  readonly type: string;
  readonly arguments: SchemaArguments;
  /** Attributes that can be read but not set. */
  readonly computed: readonly string[];
}

/** Reads the schemas of provider 6.50.0 for the types that this stack uses, by type. */
export function readProviderSchema(): ReadonlyMap<string, ResourceSchema> {
  const file = new URL('./provider-schema-6.50.jsonl', import.meta.url);
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  const schemas = lines.map((line): ResourceSchema => JSON.parse(line));
  return new Map(schemas.map((schema) => [schema.type, schema]));
}
