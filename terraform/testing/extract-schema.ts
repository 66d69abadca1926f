import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ResourceSchema, SchemaArgument, SchemaArguments } from './provider-schema.ts';

/** An attribute that a generated class or struct writes as HCL. */
const ENTRY = /^ {8,12}(\w+): \{\s+value: (.+),\s+isBlock: (true|false),\s+type: "(\w+)",/gm;
const PROPERTY = /(?:this\._|struct\.)(\w+)/;
const NESTED = /(\w+)ToHclTerraform/g;
const COMPUTED = [
  /this\.get\w+Attribute\('(\w+)'\)/g,
  /new [\w.]+(?:List|Map|OutputReference)\(this, "(\w+)"/g,
];

/** `google_pubsub_topic` → `pubsub-topic`, `data.google_project` → `data-google-project`. */
function folderOf(type: string): string {
  return type.startsWith('data.')
    ? type.replace('.', '-').replaceAll('_', '-')
    : type.replace(/^google_/, '').replaceAll('_', '-');
}

/** The function or interface that begins at `start`. */
function bodyAfter(text: string, start: string): string {
  const from = text.indexOf(start);
  if (from === -1) throw new Error(`There is no ${start}`);
  return text.slice(from, text.indexOf('\n}', from));
}

/** The possible values of a property, if the comment right above it lists them. */
function readValues(before: string): { values?: readonly string[] } {
  const comment = before.slice(before.lastIndexOf('/**'));
  const [, list] = /Possible values: (\[[^\]]+\])/.exec(comment) ?? [];
  return list === undefined ? {} : { values: JSON.parse(list) };
}

/**
 * Reads the schema of one type from the unpacked npm package @cdktf/provider-google. The package's
 * JavaScript has the arguments' names in HCL and distinguishes blocks from attributes; its
 * declarations show which of them are required and which blocks may appear only once.
 *
 * @throws Error if the package has no such type.
 */
export function extractSchema(packageFolder: string, type: string): ResourceSchema {
  const folder = join(packageFolder, 'lib', folderOf(type));
  if (!existsSync(folder)) throw new Error(`The package has no ${type}`);
  const code = readFileSync(join(folder, 'index.js'), 'utf8');
  const declarations = readFileSync(join(folder, 'index.d.ts'), 'utf8');
  const mainClass = code.slice(
    code.search(/class \w+ extends cdktf\.Terraform(?:Resource|DataSource|Provider) /),
  );
  if (mainClass.length < 2) throw new Error(`${type} has no class`);

  const readArguments = (body: string, interfaceName: string): SchemaArguments => {
    const declared = bodyAfter(declarations, `export interface ${interfaceName} `);
    const entries = [...body.matchAll(ENTRY)].map(([, name = '', value = '', isBlock]) => {
      const [, ownName = ''] = PROPERTY.exec(value) ?? [];
      const property = new RegExp(`readonly ${ownName}(\\??): ([^;]+);`).exec(declared);
      if (!property) throw new Error(`${interfaceName} does not declare ${name}`);
      const values = readValues(declared.slice(0, property.index));
      const required = property[1] === '' ? { required: true as const } : {};
      if (isBlock === 'false')
        return [name, { kind: 'attribute', ...required, ...values }] as const;
      const [, nested = ''] = [...value.matchAll(NESTED)].at(-1) ?? [];
      const nestedInterface = nested.charAt(0).toUpperCase() + nested.slice(1);
      const argument: SchemaArgument = {
        kind: 'block',
        ...required,
        ...(property[2]?.includes('[]') ? {} : { single: true }),
        arguments: readArguments(
          bodyAfter(code, `function ${nested}ToHclTerraform(`),
          nestedInterface,
        ),
      };
      return [name, argument] as const;
    });
    return Object.fromEntries(entries);
  };

  const [, className = ''] = /class (\w+) extends/.exec(mainClass) ?? [];
  const args = readArguments(
    mainClass.slice(mainClass.indexOf('synthesizeHclAttributes')),
    `${className}Config`,
  );
  // Every resource's id can be read, but never set.
  const { id: _, ...settable } = args;
  const computed = COMPUTED.flatMap((pattern) => [...mainClass.matchAll(pattern)])
    .map(([, name = '']) => name)
    .filter((name) => !(name in settable));
  return { type, arguments: settable, computed: [...new Set(computed)].sort() };
}
