import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import packageJson from '../../package.json' with { type: 'json' };
import { bundleFunctions } from './bundle-functions.ts';
import { createZip } from './create-zip.ts';
import { pruneLock } from './prune-lock.ts';

const ROOT = new URL('../../', import.meta.url);

/** Folder of `functions.zip` and `functions/`, written by `npm run build` and read by Terraform. */
export const DIST = fileURLToPath(new URL('dist', ROOT));

/** Two folders deep, like the sources, so the code finds `sql/queries`. */
const MAIN = 'functions/bundle/index.js';
const QUERIES = 'sql/queries';

export interface BuiltFunctions {
  readonly zip: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Paths inside the zip. */
  readonly files: readonly string[];
  /** Paths of the code's source files from the repository's root. */
  readonly inputs: readonly string[];
}

/**
 * Writes the source from which Cloud Functions builds all five functions to
 * `<directory>/functions/` and `<directory>/functions.zip`. The same sources give the same bytes.
 */
export async function buildFunctions(directory: string = DIST): Promise<BuiltFunctions> {
  const { code, dependencies, inputs } = await bundleFunctions();
  const manifest = createManifest(dependencies);
  const lock = JSON.parse(await readFile(new URL('package-lock.json', ROOT), 'utf8'));
  const files = new Map<string, Uint8Array>([
    ['package.json', toJson(manifest)],
    ['package-lock.json', toJson(pruneLock(lock, manifest))],
    [MAIN, code],
    ...(await readQueries()),
  ]);
  const folder = join(directory, 'functions');
  await rm(folder, { recursive: true, force: true });
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  const zip = join(directory, 'functions.zip');
  const packed = createZip(files);
  await writeFile(zip, packed);
  return {
    zip,
    bytes: packed.length,
    sha256: createHash('sha256').update(packed).digest('hex'),
    files: [...files.keys()],
    inputs,
  };
}

function toJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}

/** A manifest without scripts, because the buildpack would run one named `build`. */
function createManifest(dependencies: readonly string[]) {
  const { name, version, license, type } = packageJson;
  const ranges: Readonly<Record<string, string>> = packageJson.dependencies;
  return {
    name,
    version,
    private: true,
    license,
    type,
    main: MAIN,
    // The deployed runtime, nodejs24; the repository's range would allow a later one.
    engines: { node: '24.x' },
    dependencies: Object.fromEntries(dependencies.map((each) => [each, ranges[each] ?? '*'])),
  };
}

async function readQueries(): Promise<readonly (readonly [string, Uint8Array])[]> {
  const folder = new URL(`${QUERIES}/`, ROOT);
  const names = await readdir(folder);
  return Promise.all(
    names.map(
      async (name) => [`${QUERIES}/${name}`, await readFile(new URL(name, folder))] as const,
    ),
  );
}
