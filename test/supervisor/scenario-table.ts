// Where each end-to-end scenario of the original's test-suite (reference/services.md §24) is shown here: a test file and a
// text in it, the name of a test or of a recorded case. scenarios.test.ts checks that they are there. Scenarios of Windows
// and macOS are left out.

export interface Shown {
  readonly file: string;
  /** Texts of the file. */
  readonly tests: readonly string[];
}

const SERVICES = "test/conformance/services";
const PACKAGES = "test/conformance/packages";
const here = (...tests: string[]): Shown => ({ file: "test/supervisor/scenarios.test.ts", tests });
const at = (file: string, ...tests: string[]): Shown => ({ file, tests });

/** Scenarios of one machine. */
export const ONE_MACHINE: Readonly<Record<string, readonly Shown[]>> = {
  test_alternate_error_exit_codes: [
    at(`${SERVICES}/install-hooks.json`, "install hook fails with 42", "uninstall hook fails with 97"),
  ],
  test_at_once_service_updater: [
    at(
      "test/supervisor/update.test.ts",
      "is taken at once when it is promoted",
      "is rolled back by a service",
    ),
  ],
  test_cli_config_file: [here("the control secret comes from its file or from cli.toml")],
  test_config_files: [here("with what --generate-config prints, changed")],
  test_event_stream: [
    at(
      "test/gateways/event-stream.test.ts",
      "starts without the server when it need not wait, and not when it must",
    ),
    at("test/gateways/event-stream.test.ts", "tells of its services from the start to the end"),
  ],
  test_health_check_output_of_http_gateway: [at(`${SERVICES}/lifecycle.json`, '"health0"', '"health1"')],
  test_launcher_exits_on_supervisor_connection_failure: [here("a Supervisor that fails at its start ends")],
  test_launcher_exits_on_supervisor_startup_failure: [
    here("a root that cannot be written ends the launcher"),
  ],
  test_service_pids_come_from_new_launcher: [here("a falsified PID file deceives nobody")],
  "hup-does-not-abandon-services": [at(`${SERVICES}/restart.json`, "SIGHUP to the launcher")],
  test_simple_hooks: [
    at(`${SERVICES}/lifecycle.json`, '"lifeok"'),
    at(`${SERVICES}/install-hooks.json`, "install hook succeeds"),
  ],
  test_socket_file_cleanup: [here("and leaves no socket")],
  test_supervisor_binds: [at(`${SERVICES}/binds.json`, "strict, producer arrives")],
  test_supervisor_load_service: [
    at(`${SERVICES}/modes.json`, "umask 077"),
    at(`${SERVICES}/modes.test.ts`, "what is above stays as it was"),
  ],
  test_supervisor_lock_file_behavior: [
    here(
      "a stale LOCK is taken over",
      "a LOCK that names somebody else's process",
      "a second one on the same root",
    ),
  ],
  test_supervisor_restarts: [at(`${SERVICES}/restart.json`, "hab sup restart", "exits with code 1")],
  test_supervisor_term: [here("hab sup term ends all of it with traps and post-stop")],
  test_supplemental_groups: [here("have the user's supplementary groups")],
  test_svc_update: [here("svc update changes binds with a restart; strategy and channel without")],
  test_tls_ctl_gateway: [at("test/gateways/ctl-tls.test.ts", "mutual TLS")],
  test_pkg_install: [
    at(`${PACKAGES}/install-scenarios.json`, "umask 0077"),
    at(
      `${PACKAGES}/hooks.json`,
      "hooks of dependencies run first",
      "interpreter named by HAB_INTERPRETER_IDENT",
    ),
  ],
  test_pkg_uninstall: [
    at(
      `${PACKAGES}/uninstall.json`,
      "ten releases: --keep-latest 2",
      "diamond: shared and foreign dependencies",
    ),
  ],
  test_pkg_uninstall_hook: [
    at(
      `${PACKAGES}/hooks.json`,
      "two releases: the uninstall hook runs only for the last",
      "uninstall hook exits 97",
    ),
  ],
  test_pkg_download: [
    at("src/cli/pkg/bulkupload.test.ts", "fills another depot with what hab pkg download gathered"),
  ],
  test_pkg_bulkupload: [at("src/cli/pkg/bulkupload.test.ts", "hab pkg bulkupload")],
  test_hab_plan_cli: [
    at("src/cli/plan/render.test.ts", "lays user.toml over default.toml and mock data over both"),
    at("test/conformance/cli/plan-init.test.ts", "nothing in a value is run"),
  ],
  test_license: [at("test/conformance/cli/commands.test.ts", "licence.json")],
  test_external_binaries: [
    at("test/binary/external-tools.test.ts", "becomes the program that the variable names"),
  ],
  test_hab_help_doesnt_install_hab_sup: [at("test/binary/external-tools.test.ts", "downloads nothing")],
  test_ssl_certificate_loading: [at("test/binary/doctor.test.ts", "whose authority nobody knows")],
};

/** Scenarios of several Supervisors. */
export const RING: Readonly<Record<string, readonly Shown[]>> = {
  apply_config_from_file: [here("configuration from a file and from standard input reaches all members")],
  apply_config_from_stdin: [here("configuration from a file and from standard input reaches all members")],
  "preseed-service-group-config": [here("configuration applied before there is a member of the group")],
  "new-config-is-gossiped": [here("what is bound to the group sees its configuration change")],
  send_file: [here("a file goes to the members that run the group")],
  service_files_are_written_to_disk_when_service_is_loaded: [here("and to one that loads it later")],
  with_user_and_service_encryption: [here("a file encrypted by a user is read only where")],
  with_ring_encryption: [at("test/supervisor/ring.test.ts", "does not let in who has no key")],
  bad_secret_key: [at("test/conformance/ctl/cli.json", "wrong secret, load")],
  peer_watcher: [here("a peer watch file that is written later")],
  rolling_update: [
    at(
      "test/supervisor/rolling.test.ts",
      "changes to a promoted release one by one, the update leader first",
    ),
    at("src/supervisor/plan/rolling.test.ts", "goes from the leader to the others in the order of ids"),
  ],
  rolling_update_demote_mid_update: [
    at("test/supervisor/rolling.test.ts", "goes back when the release is demoted in the midst of it"),
  ],
  rolling_update_remove_follower_keep_quorum: [
    at(
      "src/supervisor/plan/rolling.test.ts",
      "whatever happens in whatever order, all end on the wanted release",
    ),
  ],
  rolling_update_remove_leader_keep_quorum: [
    at("test/supervisor/rolling.test.ts", "goes on when the leader is killed in the midst of it"),
  ],
  rolling_update_remove_leader_lose_quorum: [
    at("src/supervisor/plan/rolling.test.ts", "with an old release in the place of a dead leader"),
  ],
};

/** Scenarios that nothing here shows, and why. */
export const NOT_SHOWN: Readonly<Record<string, string>> = {
  test_self_keep_latest_packages:
    "there is no package of the Supervisor alone: it is one program with the rest",
  test_container_exporter: "exporters are programs of their own, which `hab pkg export` hands over to",
  test_tar_export: "exporters are programs of their own, which `hab pkg export` hands over to",
  test_studio: "the studio is a program of its own, which `hab studio` hands over to",
  test_hab_bldr_channel_list_sandbox_optn: "needs the public depot",
  test_fresh_install_can_communicate_with_builder: "needs the public depot",
  test_self_signed_cert_is_loaded_by_hab:
    "certificates come from SSL_CERT_FILE and the system (environment.test.ts)",
};
