// What can go wrong in the Supervisor, in the words of who runs it (docs/errors.md is made from this).
import { errorKinds } from "../error/index.ts";

export const supervisorErrors = errorKinds({
  invalidServiceGroup: {
    code: "HAB-SUP-001",
    title: "A service group is not valid",
    remedy: "Write it as service.group, for example redis.production, optionally followed by @organization.",
  },
  invalidBinding: {
    code: "HAB-SUP-002",
    title: "A bind is not valid",
    remedy: "Write it as name:service.group, for example cache:redis.default.",
  },
  specUnreadable: {
    code: "HAB-SUP-003",
    title: "A service spec file cannot be read",
    remedy: "Correct the named line of the file, or delete the file to unload the service.",
  },
  specWithoutIdent: {
    code: "HAB-SUP-004",
    title: "A service spec file names no package",
    remedy: 'Add a line such as ident = "core/redis".',
  },
  noLauncher: {
    code: "HAB-SUP-005",
    title: "The Supervisor was started without its launcher",
    remedy: "Start it with `hab sup run`.",
    exitCode: 86,
  },
  locked: {
    code: "HAB-SUP-006",
    title: "Another Supervisor runs on this machine",
    remedy: "Use the running one, or stop it with `hab sup term` first.",
    exitCode: 86,
  },
  addressInUse: {
    code: "HAB-SUP-007",
    title: "A listening address is taken or not available",
    remedy:
      "Stop what listens there, or choose another address with --listen-http, --listen-ctl or --listen-gossip.",
    exitCode: 86,
  },
  notRunnable: {
    code: "HAB-SUP-008",
    title: "The package has no run hook",
    remedy: "Load a package that holds a service: one with hooks/run or run.",
  },
  missingBinds: {
    code: "HAB-SUP-009",
    title: "A required bind is not given",
    remedy: "Give each required bind with --bind name:service.group.",
  },
  invalidBinds: {
    code: "HAB-SUP-010",
    title: "A bind is given which the package does not know",
    remedy:
      "Leave it out, or correct its name; `hab svc load` accepts the package's required and optional binds only.",
  },
  packageMissing: {
    code: "HAB-SUP-011",
    title: "No installed release satisfies a service's package",
    remedy:
      "Install it with `hab pkg install`, or check the channel and the depot the service is loaded from.",
  },
  badOption: {
    code: "HAB-SUP-012",
    title: "An option of the Supervisor is not valid",
    remedy: "Correct the option on the command line or in the configuration file that is named.",
    exitCode: 86,
  },
  departed: {
    code: "HAB-SUP-013",
    title: "This Supervisor was marked as departed from its ring",
    remedy:
      "To let it join again under a new identity, delete MEMBER_ID and the data directory of the Supervisor.",
    exitCode: 86,
  },
  entityTooLarge: {
    code: "HAB-SUP-014",
    title: "A configuration or file for a service group is too large",
    remedy: "Send at most 65536 bytes.",
  },
  templateBroken: {
    code: "HAB-SUP-015",
    title: "A template of a service cannot be read or rendered",
    remedy: "Correct the template in the package; what was rendered before stays in force.",
  },
  unsafeFileName: {
    code: "HAB-SUP-016",
    title: "A file for a service group has a name that leads out of its directory",
    remedy: "Upload it under a plain name without directories.",
  },
  loadFailed: {
    code: "HAB-SUP-017",
    title: "The service given to `hab sup run` cannot be loaded",
    remedy:
      "Correct what the message names, or start the Supervisor without a service and load it with `hab svc load`.",
    exitCode: 86,
  },
  ringKeyMissing: {
    code: "HAB-SUP-018",
    title: "The ring key is not there or is none",
    remedy:
      "Bring it here with `hab ring key import`, or make one with `hab ring key generate` and give it to every member.",
    exitCode: 86,
  },
  noEventStream: {
    code: "HAB-SUP-019",
    title: "The event stream cannot be reached",
    remedy:
      "Check --event-stream-url and the token, or start without waiting: leave out --event-stream-connect-timeout.",
    exitCode: 86,
  },
});
