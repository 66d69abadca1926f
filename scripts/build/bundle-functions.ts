import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Packages that stay outside the bundle. The framework's command must share its registry of
 * functions with the code; the others use gRPC, whose protocol files are found by their path in the
 * package.
 */
const EXTERNAL = [
  '@google-cloud/cloud-sql-connector',
  '@google-cloud/functions-framework',
  '@google-cloud/monitoring',
  '@google-cloud/workflows',
];

/** Imported by pg if it is installed. */
const NOT_INSTALLED = ['pg-native'];

/** Packages written as CommonJS call `require`, which an ES module does not have. */
const BANNER = `import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
`;

export interface FunctionsBundle {
  readonly code: Uint8Array;
  /** Packages to install beside the code. */
  readonly dependencies: readonly string[];
  /** Paths of the source files from the repository's root. */
  readonly inputs: readonly string[];
}

/** Bundles `functions/index.ts` and its imports into one ES module, not minified. */
export async function bundleFunctions(): Promise<FunctionsBundle> {
  const { outputFiles, metafile } = await build({
    // The output has paths in comments: this makes them independent of the current folder.
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
  if (file === undefined) throw new Error('esbuild produced no output');
  const imported = new Set(
    Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path)),
  );
  return {
    code: file.contents,
    dependencies: EXTERNAL.filter((name) => imported.has(name)),
    inputs: Object.keys(metafile.inputs),
  };
}
