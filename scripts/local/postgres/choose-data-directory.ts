import { constants } from 'node:fs';
import { lstat, mkdir, open, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { adoptDataDirectory } from './adopt-data-directory.ts';
import { copyBinaries } from './copy-binaries.ts';
import type { Binaries } from './find-binaries.ts';
import { listUnusedData } from './remove-data-directory.ts';
import { runProgram, type ServerUser } from './run-program.ts';
import { createDataDirectory, readLocation, writeLocation } from './secure-data-directory.ts';

/** Where the server keeps its files, and what runs it there. */
export interface DataDirectory {
  readonly binaries: Binaries;
  /** Holds everything kept for the requested directory, including copied programs. */
  readonly root: string;
  /** The part of `root` that only the server's user may enter. */
  readonly serverFolder: string;
  readonly user: ServerUser;
}

export interface DataDirectoryRequest {
  readonly directory: string;
  readonly binaries: Binaries;
  readonly user: ServerUser;
  /** Where data may lie if `user` cannot enter `directory`. */
  readonly temporaryFolders: readonly string[];
  /** Receives lines for people about data that is elsewhere. */
  readonly warn: (message: string) => void;
}

/** A place that cannot be used, and why. */
interface Refusal {
  readonly reason: string;
}

const ADVICE = 'name another directory with --data-dir, or set DATABASE_URL to your own PostgreSQL';

/**
 * Finds a data directory that the server's user can reach. It is the requested one itself, unless
 * root runs from a place that only root can enter. Then it is in one of `temporaryFolders`, and
 * `location.txt` in the requested directory names it from then on, wherever that is moved. Programs
 * that the user cannot run where they are get copied there. No data is ever removed.
 *
 * @throws Error when no folder can be used
 */
export async function chooseDataDirectory(request: DataDirectoryRequest): Promise<DataDirectory> {
  const { directory, binaries, user, temporaryFolders, warn } = request;
  const inPlace = path.join(directory, 'server');
  if (user.uid === undefined) {
    await warnOfHiddenData(directory, warn);
    await mkdir(inPlace, { recursive: true, mode: 0o700 });
    const usable = await findUsable(directory, binaries, user);
    if ('reason' in usable) throw new Error(`PostgreSQL cannot run in ${usable.reason}: ${ADVICE}`);
    return { binaries: usable, root: directory, serverFolder: inPlace, user };
  }

  const adopted = await adoptDataDirectory(directory, warn);
  const chosen = await (adopted === null ? choosePlace(request) : tryRoot(adopted, request));
  if ('reason' in chosen) {
    throw new Error(
      `PostgreSQL cannot run as user ${user.uid} with its data in ${chosen.reason}: ${ADVICE}`,
    );
  }
  const unused = await listUnusedData(temporaryFolders);
  const [first] = unused;
  if (first !== undefined) {
    const list = unused.map(({ root, origin }) => `${root} (of ${origin})`).join(', ');
    warn(
      `not used by any directory that is there: ${list}; to remove one: npm start -- --remove-data ${first.root}`,
    );
  }
  return chosen;
}

/** Chooses where a directory without a data directory elsewhere keeps its data. */
async function choosePlace(request: DataDirectoryRequest): Promise<DataDirectory | Refusal> {
  const { directory, temporaryFolders } = request;
  const location = path.join(directory, 'location.txt');
  const requested = await tryRoot(directory, request);
  if (!('reason' in requested)) {
    // It names what a copy must not use, or what is gone.
    await rm(location, { force: true });
    return requested;
  }
  // Somebody closed a folder above: a new database elsewhere would hide this one.
  if (await hasData(directory)) return { reason: `${requested.reason}, where a database is` };

  const reasons = [requested.reason];
  for (const folder of temporaryFolders) {
    const outside = await tryFolder(folder, request);
    if (!('reason' in outside)) return outside;
    reasons.push(outside.reason);
  }
  return { reason: reasons.join('; nor in ') };
}

async function tryFolder(
  folder: string,
  request: DataDirectoryRequest,
): Promise<DataDirectory | Refusal> {
  let root: string;
  try {
    root = await createDataDirectory(folder, request.directory);
  } catch (error) {
    return { reason: `${folder} (${describe(error)})` };
  }
  const chosen = await tryRoot(root, request);
  if ('reason' in chosen) await rm(root, { recursive: true });
  else await writeLocation(request.directory, root);
  return chosen;
}

async function tryRoot(
  root: string,
  { binaries, user: defaultUser }: DataDirectoryRequest,
): Promise<DataDirectory | Refusal> {
  const serverFolder = path.join(root, 'server');
  await mkdir(serverFolder, { recursive: true });
  const user = await giveTo(serverFolder, defaultUser);
  const unwritable = await findProblem('test', ['-w', serverFolder], user);
  if (unwritable !== null) {
    // Fails, as it should, if the folder has data from a time when the user could reach it.
    await rmdir(serverFolder).catch(() => undefined);
    const isBarred = unwritable.startsWith('test ');
    return { reason: `${serverFolder} (${isBarred ? 'that user cannot enter it' : unwritable})` };
  }
  const usable = await findUsable(root, binaries, user);
  return 'reason' in usable ? usable : { binaries: usable, root, serverFolder, user };
}

/** Finds programs that a user can run: the installed ones, or a copy in `root`. */
async function findUsable(
  root: string,
  binaries: Binaries,
  user: ServerUser,
): Promise<Binaries | Refusal> {
  const installed = await findProblem(binaries.postgres, ['--version'], user);
  if (installed === null) return binaries;
  try {
    const copied = await copyBinaries(binaries, root);
    const problem = await findProblem(copied.postgres, ['--version'], user);
    return problem === null
      ? copied
      : { reason: `${root} (${installed}; copied there: ${problem})` };
  } catch (error) {
    return { reason: `${root} (${installed}; not copied there: ${describe(error)})` };
  }
}

/**
 * Makes a new folder the server's own. One that has an owner keeps it, and that user runs the
 * server, since only the owner of a cluster can.
 */
async function giveTo(serverFolder: string, user: ServerUser): Promise<ServerUser> {
  const { uid, gid } = await stat(serverFolder);
  if (uid !== 0) return { uid, gid };
  // A link is not followed: whoever may write in the requested directory may have put it there.
  const folder = await open(serverFolder, constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    await folder.chmod(0o700);
    await folder.chown(user.uid ?? 0, user.gid ?? 0);
  } finally {
    await folder.close();
  }
  return user;
}

/** Says so when an ordinary user's start cannot see what a start as root stored. */
async function warnOfHiddenData(directory: string, warn: (message: string) => void): Promise<void> {
  const root = await readLocation(directory);
  if (root === null || (await hasData(directory))) return;
  warn(`the database that root's starts use is in ${root}: a new one is created for this user`);
}

async function hasData(directory: string): Promise<boolean> {
  return lstat(path.join(directory, 'server', 'data')).then(
    () => true,
    () => false,
  );
}

/** Runs a program; null if it succeeds, otherwise its own words. */
async function findProblem(
  file: string,
  args: readonly string[],
  user: ServerUser,
): Promise<string | null> {
  try {
    const { exitCode, output } = await runProgram(file, args, { user });
    return exitCode === 0 ? null : output.trim() || `${file} ends with code ${exitCode}`;
  } catch (error) {
    return describe(error);
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
