// What can go wrong when asking the operating system.
import { errorKinds } from "../error/index.ts";

export const hostErrors = errorKinds({
  programMissing: {
    code: "HAB-HST-001",
    title: "A program to start, its interpreter or its working directory does not exist",
    remedy: "Install the package that holds it, or correct the path.",
  },
  programNotStarted: {
    code: "HAB-HST-002",
    title: "The operating system refused to start a program",
    remedy:
      "Look at the reason given: permissions and the execute bit of the file, free memory, process limits.",
  },
  identityRefused: {
    code: "HAB-HST-003",
    title: "A process could not take on the user and groups it was to run as",
    remedy:
      "Run the Supervisor as root (or with CAP_SETUID, CAP_SETGID and CAP_CHOWN), or without these capabilities so that services run as its own user.",
  },
  lockFailed: {
    code: "HAB-HST-004",
    title: "A lock file could not be opened or locked",
    remedy: "Check that the directory exists, is writable, and is on a file system with flock(2).",
  },
  systemCall: {
    code: "HAB-HST-005",
    title: "A system call failed",
    remedy: "Look at the reason given by the operating system.",
  },
  notRelocatable: {
    code: "HAB-HST-006",
    title: "A program cannot be made to run on the libraries of a package",
    remedy: "Use the `hab` that script/build makes, and paths of at most 250 bytes.",
  },
});
