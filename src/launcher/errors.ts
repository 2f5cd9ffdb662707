// What can go wrong around the launcher.
import { errorKinds } from "../error/index.ts";

export const launcherErrors = errorKinds({
  alreadyRunning: {
    code: "HAB-LCH-001",
    title: "Another Supervisor runs on this host with the same root",
    remedy: "Use the one that runs (`hab svc load …`), or stop it first with `hab sup term`.",
    exitCode: 86,
  },
  noLauncher: {
    code: "HAB-LCH-002",
    title: "The Supervisor was not started by a launcher",
    remedy: "Start it with `hab sup run`, which starts the launcher and, under it, the Supervisor.",
    exitCode: 86,
  },
  launcherGone: {
    code: "HAB-LCH-003",
    title: "The connection to the launcher is gone",
    remedy:
      "The launcher was killed. The Supervisor stops its services; start both again with `hab sup run`.",
  },
  supervisorNotStarted: {
    code: "HAB-LCH-004",
    title: "The Supervisor did not come up under its launcher",
    remedy:
      "Read what it printed before this line. On a slow machine give it longer with HAB_LAUNCH_SUP_CONNECT_TIMEOUT_SECS.",
  },
  alreadyStarted: {
    code: "HAB-LCH-005",
    title: "The service already runs",
    remedy: "Stop it before starting it again.",
  },
  unknownProcess: {
    code: "HAB-LCH-006",
    title: "The launcher has no such process",
    remedy: "It has ended and was forgotten; ask for the table of services again.",
  },
  badMessage: {
    code: "HAB-LCH-007",
    title: "A message between launcher and Supervisor that is not understood",
    remedy:
      "Launcher and Supervisor are of versions that do not fit: restart both with `hab sup term` and `hab sup run`.",
  },
  refused: {
    code: "HAB-LCH-008",
    title: "The launcher could not do what the Supervisor asked",
    remedy: "The message says why.",
  },
  notWritable: {
    code: "HAB-LCH-009",
    title: "The launcher cannot write its directory",
    remedy: "Run it as a user who may write /hab/launcher, or correct the owner of that directory.",
  },
  noMainProcess: {
    code: "HAB-LCH-010",
    title: "There is no launcher to reload",
    remedy: "`systemctl reload` runs this; `hab sup restart` does the same by hand.",
  },
  launcherTooOld: {
    code: "HAB-LCH-011",
    title: "The launcher is of a version that starts no other Supervisor than its own program",
    remedy:
      "Restart all of it with the newer program: `systemctl restart hab-sup`, or `hab sup term` and `hab sup run`.",
  },
  notTried: {
    code: "HAB-LCH-012",
    title: "The launcher does not try this program as the Supervisor",
    remedy: "Promote a release that is good, or try it again with `hab sup restart --retry-refused`.",
  },
});
