// What can go wrong on the control gateway.
import { errorKinds } from "../error/index.ts";

export const ctlErrors = errorKinds({
  notReachable: {
    code: "HAB-CTL-001",
    title: "The Supervisor cannot be reached on its control gateway",
    remedy:
      "If the Supervisor is local, it is probably not running: start one with `hab sup run`, or restart it by the operating system's init process. If it is remote, check `--remote-sup` and that its `--listen-ctl` address can be reached.",
  },
  unauthorized: {
    code: "HAB-CTL-002",
    title: "The Supervisor refused the control gateway secret",
    remedy:
      "Give the secret of that Supervisor (its file /hab/sup/default/CTL_SECRET) as HAB_CTL_SECRET or as `ctl_secret` in cli.toml.",
  },
  refused: {
    code: "HAB-CTL-003",
    title: "The Supervisor answered a request with an error",
    remedy: "The message says what it refused; correct that and try again.",
  },
  connectionLost: {
    code: "HAB-CTL-004",
    title: "The control gateway connection ended before the answer was complete",
    remedy:
      "The Supervisor was stopping or restarting, or what answers there is no Supervisor. See its log and ask again.",
  },
  noAnswer: {
    code: "HAB-CTL-005",
    title: "The Supervisor did not answer in time",
    remedy: "Look at the Supervisor's log; if it hangs, restart it (its services keep running).",
  },
  badFrame: {
    code: "HAB-CTL-006",
    title: "Bytes that are no control gateway message",
    remedy:
      "Check that the address and port are those of a Supervisor's control gateway (default port 9632).",
  },
  tooLarge: {
    code: "HAB-CTL-007",
    title: "A control gateway message is too large",
    remedy: "Send less in one request: a frame holds at most 1,048,575 bytes.",
  },
  badAddress: {
    code: "HAB-CTL-008",
    title: "An address is not `host` or `host:port`",
    remedy: "Write for example `10.0.0.5` or `10.0.0.5:9632`.",
    exitCode: 2,
  },
  notListening: {
    code: "HAB-CTL-009",
    title: "The control gateway cannot listen on its address",
    remedy: "Another program has the port: stop it, or choose another address with --listen-ctl.",
    exitCode: 86,
  },
  secretUnreadable: {
    code: "HAB-CTL-010",
    title: "The file with the control gateway secret cannot be read",
    remedy: "Run the command as the user the Supervisor runs as, or set HAB_CTL_SECRET.",
  },
  requestFailed: {
    code: "HAB-CTL-011",
    title: "The Supervisor failed while answering a request",
    remedy: "Look at the Supervisor's log for the cause.",
  },
  tlsFiles: {
    code: "HAB-CTL-012",
    title: "A certificate or key of a gateway cannot be used",
    remedy:
      "Name a PEM file (for the control gateway also a directory with files of `hab sup secret generate-tls`); the key must be that of the certificate.",
  },
  tlsFailed: {
    code: "HAB-CTL-013",
    title: "TLS with the control gateway failed",
    remedy:
      "Check that its Supervisor runs with --ctl-server-key, and the `ctl_…` keys of cli.toml here; without `ctl_server_ca_certificate` there is no TLS.",
  },
  tlsRequired: {
    code: "HAB-CTL-014",
    title: "The control gateway speaks TLS only",
    remedy:
      "Copy the Supervisor's certificate here and name it with `ctl_server_ca_certificate` in cli.toml (or HAB_CTL_SERVER_CA_CERTIFICATE).",
  },
});
