// A bare error of the operating system, as a person is told of it: with a code of ours and what to do about it.
import { describeError, HabError, systemErrorCode } from "../error/index.ts";
import { uiErrors } from "./errors.ts";

const NO_RIGHT =
  "Give this user the right to that, run the command as one who has it (sudo), or name another path.";
const NO_ROOM = "Make room there (`df`, `df -i`; quotas count too), then run the command again.";
const TOO_MANY = "Raise the limit (`ulimit -n`, or fs.file-max for the machine), then run the command again.";

/** What to do, by POSIX name of the error; others have the kind's general way out. */
const NEXT: Readonly<Record<string, string>> = {
  EACCES: NO_RIGHT,
  EPERM: NO_RIGHT,
  EROFS: "The file system is read-only: mount it for writing, or name another path.",
  ENOSPC: NO_ROOM,
  EDQUOT: NO_ROOM,
  EMFILE: TOO_MANY,
  ENFILE: TOO_MANY,
  ENOENT: "Check the path; its directory has to be there.",
  ENOTDIR: "A part of the path is a file where a directory is needed: check the path.",
  EISDIR: "That is a directory where a file is needed: check the path.",
  EADDRINUSE: "Something listens there already (`ss -ltnp`): end it, or choose another address or port.",
  EADDRNOTAVAIL: "This machine does not have that address (`ip address`): choose another one.",
  EIO: "The disk failed: look at the kernel's log (`dmesg`) before anything else.",
};

/** The documented failure that an error of the operating system is; undefined for any other error. Its text has the path. */
export function systemFailure(error: unknown): HabError | undefined {
  if (error instanceof HabError) return undefined;
  const name = systemErrorCode(error);
  if (name === undefined) return undefined;
  const next = NEXT[name];
  return new HabError(uiErrors.systemRefused, describeError(error), next === undefined ? {} : { next });
}
