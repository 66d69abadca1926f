import { z } from 'zod';

const names = z.record(z.string(), z.string()).optional();

const lockedPackage = z.looseObject({
  dependencies: names,
  optionalDependencies: names,
  peerDependencies: names,
  peerDependenciesMeta: z
    .record(z.string(), z.looseObject({ optional: z.boolean().optional() }))
    .optional(),
});

type LockedPackage = z.infer<typeof lockedPackage>;

const lockFile = z.looseObject({
  lockfileVersion: z.literal(3),
  packages: z.record(z.string(), lockedPackage),
});

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly engines: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

/**
 * Reduces a package-lock.json (version 3) to the packages that a manifest with fewer dependencies
 * needs, at their versions and paths.
 * Source: https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json
 */
export function pruneLock(lock: unknown, manifest: Manifest): Record<string, unknown> {
  const { packages } = lockFile.parse(lock);
  // As it was read, with its keys in order.
  const { packages: locked, ...rest } = lock as z.infer<typeof lockFile>;
  const kept = new Set<string>();
  const keep = (from: string, { optional, name }: Need): void => {
    const path = findInstalled(packages, from, name);
    if (path === undefined) {
      if (optional) return;
      throw new Error(`package-lock.json has no ${name}, which ${from || 'the project'} needs`);
    }
    if (kept.has(path)) return;
    kept.add(path);
    for (const need of listNeeds(packages[path] as LockedPackage)) keep(path, need);
  };
  for (const name of Object.keys(manifest.dependencies)) keep('', { name, optional: false });
  const { name, version, license, dependencies, engines } = manifest;
  return {
    ...rest,
    name,
    version,
    packages: {
      '': { name, version, license, dependencies, engines },
      ...Object.fromEntries(Object.entries(locked).filter(([path]) => kept.has(path))),
    },
  };
}

interface Need {
  readonly name: string;
  readonly optional: boolean;
}

function listNeeds(locked: LockedPackage): readonly Need[] {
  const needs = (dependencies: z.infer<typeof names>, optional: boolean) =>
    Object.keys(dependencies ?? {}).map((name): Need => ({ name, optional }));
  const isOptionalPeer = (name: string) => locked.peerDependenciesMeta?.[name]?.optional === true;
  const peers = needs(locked.peerDependencies, false).filter(({ name }) => !isOptionalPeer(name));
  // npm lists an optional dependency among the dependencies as well.
  return [
    ...needs(locked.optionalDependencies, true),
    ...needs(locked.dependencies, false).filter(
      ({ name }) => locked.optionalDependencies?.[name] === undefined,
    ),
    ...peers,
  ];
}

/** Finds a package as Node does: in the dependent's node_modules, then in each folder above. */
function findInstalled(
  packages: Readonly<Record<string, LockedPackage>>,
  from: string,
  name: string,
): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, folder.lastIndexOf('/node_modules/'))) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (packages[path] !== undefined) return path;
    if (folder === '') return undefined;
    if (!folder.includes('/node_modules/')) folder = '';
  }
}
