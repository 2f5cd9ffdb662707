// Failures of the command line itself.
import { errorKinds } from "../error/index.ts";

export const cliErrors = errorKinds({
  usage: {
    code: "HAB-CLI-001",
    title: "The words of the command line do not make a command",
    remedy: "Run the command with --help.",
    exitCode: 2,
  },
  notBuilt: {
    code: "HAB-CLI-002",
    title: "A command of Habitat that this hab does not have yet",
    remedy: "docs/compatibility.md lists what works.",
    exitCode: 69,
  },
  licenseDenied: {
    code: "HAB-CLI-003",
    title: "HAB_LICENSE=deny forbids every command",
    remedy: "Unset HAB_LICENSE. hab is under the Apache License 2.0; there is nothing to accept.",
  },
  configurationMalformed: {
    code: "HAB-CLI-004",
    title: "cli.toml cannot be read",
    remedy: "Correct the file, or write it anew with `hab cli setup`.",
  },
  noAuthToken: {
    code: "HAB-CLI-005",
    title: "The command needs an access token and there is none",
    remedy: "Sign in with `hab user login`, pass --auth, or set HAB_AUTH_TOKEN.",
  },
  noOrigin: {
    code: "HAB-CLI-006",
    title: "The command needs an origin and there is none",
    remedy:
      "Name the origin (the ORIGIN argument or --origin), set HAB_ORIGIN, or add origin to cli.toml (`hab cli setup`).",
  },
  invalidOrigin: {
    code: "HAB-CLI-007",
    title: "HAB_ORIGIN is not a valid origin name",
    remedy: "Origins are lower-case letters, digits, - and _, starting with a letter or digit, at most 255.",
  },
  invalidUrl: {
    code: "HAB-CLI-008",
    title: "The depot's address is not a URL",
    remedy: "Give an absolute URL such as https://depot.example.com, by --url, HAB_BLDR_URL or cli.toml.",
  },
  interrupted: {
    code: "HAB-CLI-009",
    title: "The command was interrupted",
    remedy: "Run it again; nothing is left half done.",
    exitCode: 130,
  },
  toolMissing: {
    code: "HAB-CLI-010",
    title: "A program that hab hands over to is not installed",
    remedy: "Install its package, or name the program with its variable (docs/beyond-habitat.md).",
    exitCode: 69,
  },
  toolNotStarted: {
    code: "HAB-CLI-011",
    title: "A program that hab hands over to cannot be started",
    remedy: "Check the variable that names it, and that the file may be executed.",
  },
  configurationNotWritten: {
    code: "HAB-CLI-012",
    title: "cli.toml cannot be written",
    remedy: "Check the permissions of its directory and the space on the disk.",
  },
  notUploadDirectory: {
    code: "HAB-CLI-015",
    title: "There is nothing to upload from at this path",
    remedy:
      "Name a directory with harts in `artifacts` and public keys in `keys`, as `hab pkg download` makes it.",
  },
  bulkUploadStopped: {
    code: "HAB-CLI-016",
    title: "A bulk upload stopped before its end",
    remedy: "Mend the cause and run the command again: what the depot has already is passed over.",
  },
  invalidDnsName: {
    code: "HAB-CLI-018",
    title: "The name of the certificate is not a DNS name",
    remedy: "Give a host name such as sup.example.com, without wildcard; an IP address is not one.",
  },
  nothingToBundle: {
    code: "HAB-CLI-019",
    title: "There is no Supervisor data to make a support bundle of",
    remedy: "Run it on the machine of the Supervisor; with a root of its own, set FS_ROOT.",
  },
  bundleFailed: {
    code: "HAB-CLI-020",
    title: "The support bundle cannot be made",
    remedy:
      "Run it as the Supervisor's user or root, in a directory that you may write to. No bundle is left behind.",
  },
  fileUnreadable: {
    code: "HAB-CLI-021",
    title: "A file that is to be uploaded cannot be read",
    remedy: "Check its path and that you may read it.",
  },
  foreignUnit: {
    code: "HAB-CLI-022",
    title: "A file is in the place of the unit that hab did not write, or that was changed since",
    remedy:
      "Look at it. --force replaces it; another --name leaves it. Changes of your own belong into `systemctl edit NAME`.",
  },
  unitNotWritten: {
    code: "HAB-CLI-023",
    title: "The unit cannot be written",
    remedy: "Run the command as root. --print shows the unit without writing it.",
  },
  systemctlFailed: {
    code: "HAB-CLI-024",
    title: "systemctl did not do what it was asked to",
    remedy: "The unit is written; the message is systemctl's own. Try the same with systemctl.",
  },
  gatewayNotReachable: {
    code: "HAB-CLI-030",
    title: "The HTTP gateway of the Supervisor does not answer",
    remedy:
      "Check that a Supervisor runs there (`hab svc status`) and that it was not started with --http-disable; name its gateway with --gateway.",
  },
  gatewayRefused: {
    code: "HAB-CLI-031",
    title: "The HTTP gateway of the Supervisor refuses the token",
    remedy: "Set HAB_SUP_GATEWAY_AUTH_TOKEN to the value the Supervisor was started with.",
  },
  gatewayWithoutRing: {
    code: "HAB-CLI-032",
    title: "The HTTP gateway does not tell about the ring",
    remedy:
      "A Habitat Supervisor has no such reports, and HAB_FEAT_REDACT_HTTP hides them: ask another member.",
  },
  signInRefused: {
    code: "HAB-CLI-034",
    title: "Somebody has refused the sign-in on the depot's page",
    remedy: "Begin anew, and approve the code that your own terminal shows: hab user login --with-browser",
  },
  signInExpired: {
    code: "HAB-CLI-035",
    title: "Nobody has approved the sign-in in time",
    remedy: "Begin anew; a code holds for some minutes: hab user login --with-browser",
  },
  notReady: {
    code: "HAB-CLI-033",
    title: "Services were not ready in the time given",
    remedy:
      "The message says what is missing; `hab svc logs` shows what the services print. Give more time with --timeout.",
    exitCode: 3,
  },
});
