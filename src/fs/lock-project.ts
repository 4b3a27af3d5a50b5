import { randomBytes } from "node:crypto";
import { readFileSync, type Stats, utimesSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { CommitError } from "./commit-error.js";
import { stateFolder } from "./contain-path.js";
import { type FileSystem, ifExists, isErrorWithCode, makeFolders, nodeFileSystem } from "./file-system.js";
import { isLeftover } from "./journal.js";

/** The right to write to a project, held by one process at a time. */
export interface ProjectLock {
  readonly root: string;
  /** Aborted when the process receives a signal to stop while it holds the lock. Default: no signal. */
  readonly signal?: AbortSignal;
  /** @throws CommitError `locked` when another run has taken the lock over */
  assertHeld(): Promise<void>;
  release(): Promise<void>;
}

export interface LockOptions {
  /** How long to wait for another wsgen, in milliseconds. Default: 10,000. */
  readonly waitMs?: number;
  /** How long to watch a lock for a heartbeat before taking it over, in milliseconds. Default: 5,000. */
  readonly watchMs?: number;
  readonly fileSystem?: FileSystem;
}

/** The holder of a lock. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Distinguishes two locks of one process, and a lock from its successor. */
  readonly token: string;
}

/** How often a waiting process checks again. No notification of a removed file works on every platform. */
const pollMs = 50;

/** How often a holder sends a heartbeat: it updates the time of its file. A busy run can miss some. */
const heartbeatMs = 2_000;

/** A heartbeat older than this counts as missing, if the holder's process cannot be checked and sends none while it is watched. */
const silentAfterMs = 120_000;

/** Holders in this process. A process id alone is not enough, because in a container every run can have the same one. */
const ownTokens = new Set<string>();

/**
 * Takes the lock of a project: a file that is created exclusively. Takes over the lock of a dead process, and one without a
 * heartbeat for two minutes that sends none while it is watched. So a lock does not stay for ever if its process cannot be
 * checked, because it runs on another machine or another process now has its id.
 * @throws CommitError `locked` when another process still holds it after `waitMs`
 */
export async function lockProject(root: string, options: LockOptions = {}): Promise<ProjectLock> {
  const { waitMs = 10_000, watchMs = 5_000, fileSystem = nodeFileSystem } = options;
  const holder: Holder = { pid: process.pid, host: hostname(), token: randomBytes(8).toString("hex") };
  const deadline = performance.now() + waitMs;
  const isSilent = createWatch(fileSystem, lockFile(root), watchMs);
  ownTokens.add(holder.token);
  try {
    while (!(await tryLock(fileSystem, root, holder, isSilent))) {
      if (performance.now() >= deadline) throw await lockedError(fileSystem, root);
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  } catch (error) {
    ownTokens.delete(holder.token);
    await removeStateFolder(fileSystem, root).catch(() => undefined);
    throw error;
  }
  const heartbeat = setInterval(sendHeartbeat, heartbeatMs, lockFile(root), holder).unref();
  const created = await fileSystem.lstat(lockFile(root)).catch(() => undefined);
  return {
    root,
    async assertHeld() {
      if (!(await isHolder(fileSystem, root, holder))) throw takenOverError;
    },
    release() {
      clearInterval(heartbeat);
      return release(fileSystem, root, { holder, created });
    },
  };
}

/** Sends a heartbeat. It does not use the caller's file system, because its timing is independent of the work. */
function sendHeartbeat(file: string, { token }: Holder): void {
  try {
    const now = new Date();
    if (readFileSync(file, "utf8").includes(token)) utimesSync(file, now, now);
  } catch {
    // The lock is gone, or its folder is no longer writable. The next `assertHeld` or write will find that.
  }
}

const isHolder = async (fileSystem: FileSystem, root: string, { token }: Holder): Promise<boolean> =>
  (await readHolder(fileSystem, lockFile(root)))?.token === token;

const takenOverError = new CommitError(
  "locked",
  "Another wsgen took over the lock of this project, because this run did not respond for minutes. Nothing was written.",
  "Run the command again.",
);

/** Whether a holder that cannot be checked is silent: its last heartbeat is old, and it sends none while it is watched. */
function createWatch(
  fileSystem: FileSystem,
  file: string,
  watchMs: number,
): (current: Holder) => Promise<boolean> {
  let seen = { token: "", mtimeMs: 0, since: 0 };
  return async ({ token }) => {
    const stats = await fileSystem.lstat(file);
    if (stats === undefined || ownTokens.has(token)) return false;
    const { mtimeMs } = stats;
    if (seen.token !== token || seen.mtimeMs !== mtimeMs) seen = { token, mtimeMs, since: performance.now() };
    return isOld(mtimeMs) && performance.now() - seen.since >= watchMs;
  };
}

const isOld = (mtimeMs: number): boolean => Date.now() - mtimeMs > silentAfterMs;

const lockFile = (root: string): string => join(root, stateFolder, "lock");

async function tryLock(
  fileSystem: FileSystem,
  root: string,
  holder: Holder,
  isSilent: (current: Holder) => Promise<boolean>,
): Promise<boolean> {
  await makeStateFolder(fileSystem, root);
  try {
    await fileSystem.createFile(lockFile(root), Buffer.from(JSON.stringify(holder)), { isDurable: false });
    return true;
  } catch (error) {
    // Another process removed the folder together with its own lock; the next attempt creates it again.
    if (isErrorWithCode(error, "ENOENT")) return false;
    if (!isErrorWithCode(error, "EEXIST")) {
      await ifExists(fileSystem.unlink(lockFile(root))).catch(() => undefined);
      throw error;
    }
  }
  const current = await readHolder(fileSystem, lockFile(root));
  if (current === undefined || !(isDead(current) || (await isSilent(current)))) return false;
  return takeOver(fileSystem, root, holder, current);
}

/**
 * Replaces the lock of a dead process. Two processes that find the same lock race for a file named after its token, so that
 * the second cannot take the lock that the first has just taken.
 */
async function takeOver(
  fileSystem: FileSystem,
  root: string,
  holder: Holder,
  current: Holder,
): Promise<boolean> {
  const claim = `${lockFile(root)}.${current.token}`;
  try {
    await fileSystem.createFile(claim, Buffer.from(JSON.stringify(holder)), { isDurable: false });
  } catch (error) {
    if (!isErrorWithCode(error, "EEXIST", "ENOENT")) throw error;
    const claimant = await readHolder(fileSystem, claim);
    const stats = await fileSystem.lstat(claim);
    if (claimant && (isDead(claimant) || (stats && isOld(stats.mtimeMs))))
      await ifExists(fileSystem.unlink(claim));
    return false;
  }
  const unchanged = (await readHolder(fileSystem, lockFile(root)))?.token === current.token;
  if (unchanged) await fileSystem.rename(claim, lockFile(root));
  else await ifExists(fileSystem.unlink(claim));
  return unchanged;
}

/** A lock that this process has taken. */
interface OwnLock {
  readonly holder: Holder;
  /** Its file, as it was created. */
  readonly created: Stats | undefined;
}

async function release(fileSystem: FileSystem, root: string, { holder, created }: OwnLock): Promise<void> {
  try {
    const isOwn = await isHolder(fileSystem, root, holder).catch((error: unknown) => {
      if (!isWithoutDescriptors(error)) throw error;
      return isSameFile(fileSystem, root, created);
    });
    if (!isOwn) return;
    // The next run removes leftovers too. A lock that stays could make it wait.
    await removeLeftovers(fileSystem, root).catch(() => undefined);
    await ifExists(fileSystem.unlink(lockFile(root)));
  } finally {
    ownTokens.delete(holder.token);
  }
  await removeStateFolder(fileSystem, root);
}

const isWithoutDescriptors = (error: unknown): boolean => isErrorWithCode(error, "EMFILE", "ENFILE");

/** True if the lock is still the created file. Unlike reading it, this needs no file descriptor. */
async function isSameFile(
  fileSystem: FileSystem,
  root: string,
  created: Stats | undefined,
): Promise<boolean> {
  const found = await fileSystem.lstat(lockFile(root));
  return found !== undefined && found.ino === created?.ino && found.birthtimeMs === created.birthtimeMs;
}

async function makeStateFolder(fileSystem: FileSystem, root: string): Promise<void> {
  const folder = join(root, stateFolder);
  const stats = await fileSystem.lstat(folder);
  if (!stats) await makeFolders(fileSystem, folder);
  else if (!stats.isDirectory())
    throw new CommitError(
      "write-failed",
      `${stateFolder} is not a folder.`,
      "Move it away, then run the command again.",
    );
}

/** Removes claims and staged files without a journal, left by killed processes. Only the holder of the lock may decide that. */
async function removeLeftovers(fileSystem: FileSystem, root: string): Promise<void> {
  const folder = join(root, stateFolder);
  const names = (await ifExists(fileSystem.readdir(folder))) ?? [];
  const isNeeded = names.includes("journal.json");
  for (const name of names)
    if (/^lock\.[0-9a-f]{16}$/.test(name) || (!isNeeded && isLeftover(name)))
      await ifExists(fileSystem.unlink(join(folder, name)));
}

/** Removes the folder unless it contains a journal, or the lock of another process. */
async function removeStateFolder(fileSystem: FileSystem, root: string): Promise<void> {
  try {
    await ifExists(fileSystem.rmdir(join(root, stateFolder)));
  } catch (error) {
    if (!isErrorWithCode(error, "ENOTEMPTY", "EEXIST")) throw error;
  }
}

/** A lock whose process died before it wrote its content: nothing else leaves a lock unreadable for that long. */
const unreadable: Holder = { pid: 0, host: hostname(), token: "0".repeat(16) };
const unreadableAfterMs = 2_000;

/** Undefined if there is no lock, or it is just being written. */
async function readHolder(fileSystem: FileSystem, file: string): Promise<Holder | undefined> {
  const content = await ifExists(fileSystem.readFile(file));
  try {
    const { pid, host, token } = JSON.parse(Buffer.from(content ?? []).toString()) as Partial<Holder>;
    const isToken = typeof token === "string" && /^[0-9a-f]{16}$/.test(token);
    if (Number.isSafeInteger(pid) && pid && pid > 0 && typeof host === "string" && isToken)
      return { pid, host, token };
  } catch {
    // Not JSON: judged by its age.
  }
  const stats = content && (await fileSystem.lstat(file));
  return stats && Date.now() - stats.mtimeMs > unreadableAfterMs ? unreadable : undefined;
}

/** A process of another machine counts as alive, because it cannot be checked. */
function isDead({ pid, host, token }: Holder): boolean {
  if (pid === unreadable.pid) return true;
  if (host !== hostname()) return false;
  if (pid === process.pid) return !ownTokens.has(token);
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return isErrorWithCode(error, "ESRCH");
  }
}

async function lockedError(fileSystem: FileSystem, root: string): Promise<CommitError> {
  const holder = await readHolder(fileSystem, lockFile(root));
  const who = holder ? `process ${holder.pid} on ${holder.host}` : "another process";
  return new CommitError(
    "locked",
    `Another wsgen is writing to this project: ${who}.`,
    `Wait for it. If no other wsgen is running, delete ${stateFolder}/lock.`,
  );
}
