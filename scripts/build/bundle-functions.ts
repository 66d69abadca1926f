import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Stay outside the bundle. The framework's command has to share its registry of functions with the
 * code; the others speak gRPC, whose protocol files are found by their place in the package.
 */
const EXTERNAL = [
  '@google-cloud/cloud-sql-connector',
  '@google-cloud/functions-framework',
  '@google-cloud/monitoring',
  '@google-cloud/workflows',
];

/** pg asks for it in case it is installed. */
const NOT_INSTALLED = ['pg-native'];

/** Packages written as CommonJS call `require`, which an ES module does not have. */
const BANNER = `import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
`;

export interface FunctionsBundle {
  readonly code: Uint8Array;
  /** Packages that have to be installed beside it. */
  readonly dependencies: readonly string[];
  /** Every file that went in, from the repository's root. */
  readonly inputs: readonly string[];
}

/** Bundles `functions/index.ts` and what it imports into one ES module; it is not minified. */
export async function bundleFunctions(): Promise<FunctionsBundle> {
  const { outputFiles, metafile } = await build({
    // Paths stand in the output as comments: the same ones wherever the build is called from.
    absWorkingDir: ROOT,
    entryPoints: ['functions/index.ts'],
    outfile: 'index.js',
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    external: [...EXTERNAL, ...NOT_INSTALLED],
    banner: { js: BANNER },
    logLevel: 'silent',
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error('esbuild has given no output');
  const imported = new Set(
    Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path)),
  );
  return {
    code: file.contents,
    dependencies: EXTERNAL.filter((name) => imported.has(name)),
    inputs: Object.keys(metafile.inputs),
  };
}
