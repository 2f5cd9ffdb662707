// The files that outlive a Supervisor (reference/butterfly.md §14): MEMBER_ID, data/INCARNATION, data/<member id>.rst.
// Damage is never fatal: the damaged file is set aside and reported, and what could be read is kept.
import { mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { trimWhiteSpace } from "../crypto/index.ts";
import { describeError, HabError, systemErrorCode } from "../error/index.ts";
import { removeIfPresent, syncDirectory, writeFileWhole, writeFileWholeInBackground } from "../host/index.ts";
import { ringErrors } from "./errors.ts";
import { MAXIMUM_U64 } from "./rumor.ts";
import { emptyRingState, type RingState } from "./state.ts";
import { loadStateFile, readStateFile, writeStateFile, writeStateFileInSlices } from "./state-file.ts";

/** A file that did not hold what it should. */
export interface StateDamage {
  readonly file: string;
  /** Where the file as it was has been moved. */
  readonly setAside: string;
  /** What is wrong with it, in words. */
  readonly problems: readonly string[];
}

export interface RingStorageOptions {
  /** The Supervisor's state directory, `/hab/sup/default`. */
  readonly directory: string;
  /** Goes into the names of files set aside. */
  readonly now: Date;
  /** The same moment on the monotonic clock that `RingState` is used with, in milliseconds. */
  readonly monotonicNow: number;
  readonly report: (damage: StateDamage) => void;
}

/** A member's state with the files it is kept in. */
export interface RingStorage {
  readonly state: RingState;
  /** Writes what changed since the last time; nothing otherwise. Throws `stateUnusable`. */
  save(): void;
  /** The same without holding up the event loop. One call at a time. Rejects with `stateUnusable`. */
  saveInBackground(): Promise<void>;
  /** Writes the own incarnation alone, which is a few bytes, without holding up the event loop. One call at a time. */
  saveIncarnationInBackground(): Promise<void>;
}

/** Opens, or on the first start creates, a member's files. Throws `stateUnusable` or `memberIdUnusable`. */
export function openRingStorage(options: RingStorageOptions): RingStorage {
  return guarded(options.directory, () => {
    const data = join(options.directory, "data");
    mkdirSync(data, { recursive: true });
    removeLeftOvers(data);
    const memberId = readMemberId(options);
    const stateFile = join(data, `${memberId}.rst`);
    const incarnationFile = join(data, "INCARNATION");

    const state = emptyRingState(memberId);
    readState(state, stateFile, options);
    state.incarnation = readIncarnation(state, incarnationFile, options);

    let writtenState: Uint8Array | undefined = readIfPresent(stateFile);
    let writtenIncarnation = state.incarnation;
    const save = (): void => {
      if (state.incarnation !== writtenIncarnation) {
        writeFileWhole(incarnationFile, String(state.incarnation));
        writtenIncarnation = state.incarnation;
      }
      const bytes = writeStateFile(state);
      if (writtenState === undefined || Buffer.compare(bytes, writtenState) !== 0) {
        writeFileWhole(stateFile, bytes);
        writtenState = bytes;
      }
    };
    save();

    // What `save` wrote while a background one was under way is newer, and acknowledged: it stays.
    const saveIncarnationInBackground = async (): Promise<void> => {
      const before = writtenIncarnation;
      const { incarnation } = state;
      if (incarnation === before) return;
      const isWanted = () => writtenIncarnation === before;
      const done = await writeFileWholeInBackground(incarnationFile, String(incarnation), isWanted);
      if (done && isWanted()) writtenIncarnation = incarnation;
    };
    const saveInBackground = async (): Promise<void> => {
      await saveIncarnationInBackground();
      const before = writtenState;
      const bytes = await writeStateFileInSlices(state, nextTurn);
      if (before !== undefined && Buffer.compare(bytes, before) === 0) return;
      const isWanted = () => writtenState === before;
      if (!isWanted()) return;
      const done = await writeFileWholeInBackground(stateFile, bytes, isWanted);
      if (done && isWanted()) writtenState = bytes;
    };
    return {
      state,
      save: () => guarded(options.directory, save),
      saveInBackground: () => guardedInBackground(options.directory, saveInBackground),
      saveIncarnationInBackground: () => guardedInBackground(options.directory, saveIncarnationInBackground),
    };
  });
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Temporary files of a crash, ours and the original's, and health states of earlier runs. */
function removeLeftOvers(data: string): void {
  for (const name of readdirSync(data))
    if (/\.(tmp|health)$|^\.tmp/.test(name)) removeIfPresent(join(data, name));
}

/** Compat: the id is the file as it is, untrimmed. An empty file (a crash while it was written) makes a new member. */
function readMemberId({ directory }: RingStorageOptions): string {
  const path = join(directory, "MEMBER_ID");
  const stored = readIfPresent(path)?.toString("utf8");
  if (stored !== undefined && stored !== "") {
    if (/[/\0]/.test(stored) || stored.length > 200)
      throw new HabError(ringErrors.memberIdUnusable, `Not usable as a member id: the content of ${path}`);
    return stored;
  }
  const memberId = crypto.randomUUID().replaceAll("-", "");
  writeFileWhole(path, memberId, { mode: 0o666 & ~process.umask() });
  return memberId;
}

function readState(state: RingState, path: string, options: RingStorageOptions): void {
  const bytes = readIfPresent(path);
  if (bytes === undefined || bytes.length === 0) return;
  const content = readStateFile(bytes);
  loadStateFile(state, content, { now: options.monotonicNow, suitability: () => 0n });
  if (content.damage.length > 0) setAside(path, content.damage, options);
}

/** An absent file is 0. A damaged one is replaced by one above what the member list says of us, which nobody has seen. */
function readIncarnation(state: RingState, path: string, options: RingStorageOptions): bigint {
  const text = readIfPresent(path)?.toString("utf8");
  if (text !== undefined) {
    const trimmed = trimWhiteSpace(text);
    const value = /^\+?[0-9]+$/.test(trimmed) ? BigInt(trimmed.replace("+", "")) : undefined;
    if (value !== undefined && value <= MAXIMUM_U64) return value;
    setAside(path, [`not a number of 64 bits: ${JSON.stringify(text.slice(0, 40))}`], options);
  }
  const known = state.members.get(state.self)?.member.incarnation;
  const incarnation = text === undefined || known === undefined || known === MAXIMUM_U64 ? 0n : known + 1n;
  writeFileWhole(path, String(incarnation));
  return incarnation;
}

function setAside(path: string, problems: readonly string[], options: RingStorageOptions): void {
  const aside = `${path}.damaged-${options.now.toISOString().replace(/\D/g, "").slice(0, 14)}`;
  renameSync(path, aside);
  syncDirectory(join(options.directory, "data"));
  options.report({ file: path, setAside: aside, problems });
}

function readIfPresent(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

function guarded<Result>(directory: string, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    throw unusable(directory, error);
  }
}

async function guardedInBackground(directory: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    throw unusable(directory, error);
  }
}

function unusable(directory: string, cause: unknown): HabError {
  if (cause instanceof HabError) return cause;
  const why = describeError(cause);
  return new HabError(
    ringErrors.stateUnusable,
    `Cannot keep the Supervisor's state in ${directory}: ${why}`,
    {
      cause,
    },
  );
}
