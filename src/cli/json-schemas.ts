// What every command prints with `--json`: the one source of docs/json/ (script/docs.ts). Read by that script and by
// tests, never by the program. A command with `json` gets its line here, sorted, and a case in test/binary/json-cases.ts.
import {
  ANYTHING,
  count,
  type JsonSchema,
  listOf,
  mapOf,
  measure,
  nullable,
  object,
  oneOf,
  text,
  truth,
} from "./json-schema.ts";

const IDENT = text("origin/name/version/release");
const NAMED_KEY = { name: text(), revision: text("UTC, as YYYYMMDDhhmmss") };
const KEY_FILE = object({ ...NAMED_KEY, path: text() });
const KEY_PAIR_FILES = object({
  ...NAMED_KEY,
  public_key: text("path of its file"),
  secret_key: text("path of its file"),
});
const CHANNEL_OF_ORIGIN = object({ origin: text(), channel: text() });
const CHANNEL_MOVE = object({ origin: text(), source: text("channel"), target: text("channel") });
const PACKAGE_IN_CHANNEL = object({ ident: IDENT, target: text(), channel: text() });
const BIND = object({ name: text(), exports: listOf(text()) });
const OF_SERVICE = object({
  package: text("the package as it was named"),
  messages: listOf(text("a line the Supervisor answered with")),
});
const STOPPED_SUPERVISOR = object({
  pid: nullable(count("the launcher that was told to end")),
  problem: nullable(text("why there was nobody to tell")),
});
const PUBLISHED = object({
  ident: IDENT,
  target: text(),
  outcome: oneOf("uploaded", "known", "unsupported-target"),
});
/** In virtual milliseconds since what it is measured from. */
const MOMENT = nullable(count("null: did not happen"));
const ROLE = text("readonly_member, member, maintainer, administrator or owner");
const INVITATIONS = listOf(
  object({
    id: text("64 bits, in decimal"),
    account_id: text(),
    account_name: text(),
    origin: text(),
    owner_id: text(),
    ignored: truth(),
    created_at: text("UTC"),
    updated_at: text("UTC"),
  }),
);
const TRAFFIC = object({
  received: object({ count: count(), bytes: count() }),
  sent: object({ count: count(), bytes: count() }),
  dropped: mapOf(count()),
});
const HART_SIGNATURE = {
  format_version: text(),
  key_name: text("the signer, name-revision"),
  hash_type: text(),
  signature_raw: text("base64"),
};

/** Words of a command → the schema of its document. */
export const jsonSchemas: Readonly<Record<string, JsonSchema>> = {
  "bldr channel create": CHANNEL_OF_ORIGIN,
  "bldr channel demote": CHANNEL_MOVE,
  "bldr channel destroy": CHANNEL_OF_ORIGIN,
  "bldr channel list": object({ origin: text(), channels: listOf(text()) }),
  "bldr channel promote": CHANNEL_MOVE,
  "config apply": object({ service_group: text(), version: count(), encrypted: truth() }),
  "config show": listOf(
    object({
      key: text("path into the table, parts joined by dots"),
      value: ANYTHING,
      layer: oneOf("default", "environment", "user", "applied"),
    }),
  ),
  "depot run": object({ url: text(), data: text("directory") }),
  "depot token create": object({
    id: text(),
    account: text(),
    label: text(),
    expiresAt: nullable(text("UTC")),
    token: text("secret; shown this once"),
  }),
  "depot user create": object({ id: text(), name: text(), email: text() }),
  doctor: object({
    ok: truth(),
    checks: listOf(
      object(
        { section: text(), name: text(), state: oneOf("ok", "warning", "failure"), found: text() },
        { next: text("what to do about it") },
      ),
    ),
  }),
  "file upload": object({
    service_group: text(),
    file: text("its name in files/"),
    version: count(),
    encrypted: truth(),
  }),
  "hab-sup term": STOPPED_SUPERVISOR,
  "license accept": object({ path: text("of the file that says so"), accepted_before: truth() }),
  "origin create": object({ origin: text(), created: truth("false: it was there") }),
  "origin delete": object({ origin: text(), deleted: truth() }),
  "origin depart": object({ origin: text(), departed: truth() }),
  "origin info": object({
    default_package_visibility: text(),
    name: text(),
    owner_id: text(),
    owner_account: text(),
    private_key_name: nullable(text("of the secret key stored in the depot")),
  }),
  "origin invitations accept": object({ origin: text(), invitation: text("id"), accepted: truth() }),
  "origin invitations ignore": object({ origin: text(), invitation: text("id"), ignored: truth() }),
  "origin invitations list": object({ invitations: INVITATIONS }),
  "origin invitations pending": object({ origin: text(), invitations: INVITATIONS }),
  "origin invitations rescind": object({ origin: text(), invitation: text("id"), rescinded: truth() }),
  "origin invitations send": object({ origin: text(), account: text(), sent: truth() }),
  "origin key download": object({
    keys: listOf(object({ ...NAMED_KEY, path: text(), downloaded: truth("false: it was there") })),
  }),
  "origin key export": object({
    kind: oneOf("origin-public", "origin-secret"),
    ...NAMED_KEY,
    text: text("content of the key file"),
  }),
  "origin key generate": KEY_PAIR_FILES,
  "origin key import": object({ ...NAMED_KEY, type: oneOf("public", "secret"), path: text() }),
  "origin key upload": object(
    { ...NAMED_KEY, public: object({ uploaded: truth("false: the depot had it") }) },
    { secret: object({ uploaded: truth() }) },
  ),
  "origin rbac set": object({ origin: text(), member: text("account"), role: ROLE, updated: truth() }),
  "origin rbac show": object({ role: ROLE }),
  "origin transfer": object({ origin: text(), owner: text("account") }),
  "pkg binds": object({ ident: IDENT, required: listOf(BIND), optional: listOf(BIND) }),
  "pkg binlink": object({
    links: listOf(
      object({ link: text("path"), target: text("path"), outcome: oneOf("linked", "unchanged", "kept") }),
    ),
  }),
  "pkg build": object({
    pkg_origin: text(),
    pkg_name: text(),
    pkg_version: text(),
    pkg_release: text(),
    pkg_target: text(),
    pkg_ident: IDENT,
    pkg_artifact: text("file name of the hart"),
    pkg_sha256sum: text(),
    pkg_blake2bsum: text(),
    path: text("of the hart"),
  }),
  "pkg bulkupload": object({ createdOrigins: listOf(text()), packages: listOf(PUBLISHED) }),
  "pkg channels": object({
    ident: IDENT,
    target: text(),
    channels: listOf(object({ name: text(), createdAt: text("UTC"), promotedAt: text("UTC") })),
  }),
  "pkg config": nullable(mapOf(ANYTHING)),
  "pkg delete": object({ ident: IDENT, target: text(), deleted: truth() }),
  "pkg demote": PACKAGE_IN_CHANNEL,
  "pkg dependencies": object({ ident: IDENT, dependencies: listOf(text()) }),
  "pkg download": object({
    directory: text(),
    packages: listOf(
      object({ ident: IDENT, target: text(), path: text(), downloaded: truth("false: it was there") }),
    ),
  }),
  "pkg env": mapOf(text()),
  "pkg gc": object({
    removed: listOf(object({ ident: IDENT, bytes: count() })),
    harts: listOf(object({ path: text(), bytes: count() })),
    bytes: count("of all that is listed as removed"),
    kept: listOf(
      object({
        ident: IDENT,
        reason: oneOf(
          "loaded",
          "running",
          "pinned",
          "binlinked",
          "hab",
          "interpreter",
          "newest",
          "needed",
          "in use",
          "hook failed",
        ),
      }),
    ),
    dry_run: truth("nothing was removed"),
  }),
  "pkg hash": object({ files: listOf(object({ path: text(), hash: text("BLAKE2b-256, hexadecimal") })) }),
  "pkg header": nullable(object({ path: text(), ...HART_SIGNATURE })),
  "pkg info": object({
    ...HART_SIGNATURE,
    ident: IDENT,
    origin: text(),
    name: text(),
    version: text(),
    release: text(),
    checksum: text("BLAKE2b-256, hexadecimal"),
    target: text(),
    is_a_service: truth(),
    deps: listOf(IDENT),
    tdeps: listOf(IDENT),
    build_deps: listOf(IDENT),
    build_tdeps: listOf(IDENT),
    exposes: listOf(count("port")),
    manifest: text(),
    config: nullable(text("default.toml")),
    svc_user: nullable(text()),
    svc_group: nullable(text()),
    ld_run_path: nullable(text()),
    ldflags: nullable(text()),
    cflags: nullable(text()),
  }),
  "pkg install": object({
    packages: listOf(object({ ident: IDENT, installed: listOf(IDENT) })),
  }),
  "pkg list": object({ packages: listOf(IDENT) }),
  "pkg path": object({ ident: IDENT, path: text() }),
  "pkg pin": object({ pins: listOf(text("an ident, maybe partial")) }),
  "pkg promote": PACKAGE_IN_CHANNEL,
  "pkg provides": object({ files: listOf(object({ ident: IDENT, path: text() })) }),
  "pkg search": object({ packages: listOf(text("an ident")), total: count("found, shown or not") }),
  "pkg sign": object({ path: text("of the hart"), key: text("the signer, name-revision") }),
  "pkg uninstall": object({ removed: listOf(IDENT), dry_run: truth("nothing was removed") }),
  "pkg unpin": object({ pins: listOf(text("an ident, maybe partial")) }),
  "pkg upload": object({ packages: listOf(PUBLISHED) }),
  "pkg verify": object(
    {
      path: text("of the hart"),
      checksum: text("BLAKE2b-256, hexadecimal"),
      key: text("the signer, name-revision"),
    },
    {
      ident: text("of the installed package; this and the next field only for one"),
      differences: listOf(
        object({
          path: text("below the package's directory"),
          problem: oneOf(
            "missing",
            "extra",
            "changed kind",
            "changed mode",
            "changed content",
            "changed link",
          ),
        }),
      ),
    },
  ),
  "pkg why": object({
    from: IDENT,
    to: text("as it was asked for"),
    paths: listOf(listOf(IDENT)),
    cut: truth("there are more paths"),
  }),
  "plan init": object({
    made: listOf(text("path")),
    changed: listOf(text("path")),
    kept: listOf(text("path")),
  }),
  "plan render": object({
    template: text("path"),
    file: nullable(text("what was written")),
    text: text(),
  }),
  "ring health": object({
    ring_key: nullable(text("name-revision")),
    lag_ms: object({ last: measure(), worst: measure("of the last minutes") }),
    awareness: object({ score: count("0: quick"), why: nullable(text()) }),
    connections: object({ incoming: count(), outgoing: count(), closed: mapOf(count()) }),
    waiting: object({ datagrams: count(), messages: count(), outgoing: count() }),
    datagrams: TRAFFIC,
    messages: TRAFFIC,
    refused: mapOf(count()),
    peers: listOf(object({ address: text(), reached: truth("a live member is there") })),
    neighbours: listOf(text("member id")),
    owed: count("rumors not yet handed over"),
    different_for_ms: count(),
    disk: object({ behind: truth("something is to be saved"), failure: nullable(text()) }),
    faults: count("of the program"),
    last_error: nullable(object({ line: text(), seconds_ago: count() })),
  }),
  "ring key export": object({ kind: oneOf("ring"), ...NAMED_KEY, text: text("content of the key file") }),
  "ring key generate": KEY_FILE,
  "ring key import": KEY_FILE,
  "ring members": listOf(
    object({
      id: text(),
      self: truth("the Supervisor that was asked"),
      health: oneOf("alive", "suspect", "confirmed", "departed"),
      incarnation: count(),
      address: text("host:port"),
      since_seconds: count("in this health"),
      permanent: truth("a permanent peer"),
      implementation: oneOf("hab", "habitat"),
    }),
  ),
  "ring rumors": listOf(
    object({
      kind: oneOf("service", "service-config", "service-file", "election", "election-update", "departure"),
      service_group: nullable(text()),
      member_id: nullable(text("a service's member, an election's candidate, who departed")),
      filename: nullable(text()),
      incarnation: count(),
      bytes: count(),
      state: nullable(text("stopped, encrypted, or the status of an election")),
    }),
  ),
  "ring simulate": object(
    {},
    {
      scenarios: listOf(object({ name: text(), summary: text() })),
      runs: listOf(
        object({
          seed: count(),
          scenario: text(),
          members: count(),
          originals: count("how many of them behave as Habitat 2.1.78 does"),
          ok: truth("no rule was broken"),
          violations: listOf(object({ at_ms: count(), rule: text(), member: text(), text: text() })),
          settled_ms: nullable(count("from the last fault until all members agreed; null: they did not")),
          length_ms: count("virtual time"),
          took_ms: count("real time"),
          steps: count(),
          pace: nullable(
            object({
              virtual_per_real: measure(
                "virtual seconds that pass in a real one while the ring is up, the median",
              ),
              seconds: count("of so many virtual seconds"),
              microseconds_per_step: measure(),
            }),
          ),
          fingerprint: text("the same for runs that were the same"),
          measures: object({
            all_see_all_ms: MOMENT,
            first_leader_ms: MOMENT,
            spreads: listOf(
              object({
                what: text(),
                at_ms: count(),
                half_ms: MOMENT,
                last_ms: MOMENT,
                reached: count(),
                of: count(),
              }),
            ),
            detections: listOf(
              object({
                member: text(),
                at_ms: count("when it ended"),
                suspect_ms: MOMENT,
                confirmed_ms: MOMENT,
                confirmed_by_all_ms: MOMENT,
              }),
            ),
            leader_changes: listOf(
              object({ group: text(), at_ms: count("when it ended"), first_ms: MOMENT, all_ms: MOMENT }),
            ),
            false_suspicions: count(),
            false_confirmations: count(),
            datagrams: count(),
            messages: count("over TCP"),
            bytes_per_member_second: nullable(count()),
          }),
          story: listOf(object({ at_ms: count(), text: text() })),
        }),
      ),
    },
  ),
  "ring status": object({
    member_id: text(),
    incarnation: count(),
    address: text("host:port"),
    ring_key: nullable(text("name-revision")),
    members: object({ alive: count(), suspect: count(), confirmed: count(), departed: count() }),
    groups: listOf(
      object({
        service_group: text(),
        members: count("not departed"),
        alive: count(),
        election: oneOf("none", "running", "no-quorum", "finished"),
        term: nullable(count()),
        leader: nullable(text("member id")),
        quorum: nullable(truth()),
        update: nullable(
          object({
            leader: nullable(text("member id")),
            release: nullable(text("the release the group runs or changes to")),
            done: count("alive members that run it"),
            changing: listOf(text("member id")),
          }),
        ),
      }),
    ),
    problems: listOf(text()),
  }),
  "self-check": object({
    ok: truth(),
    checks: listOf(object({ name: text(), ok: truth() }, { problem: text() })),
  }),
  stop: OF_SERVICE,
  "sup depart": object({ member_id: text(), supervisor: text("address of the one that was told") }),
  "sup install-unit": object({
    name: text("of the unit, without .service"),
    path: text("of its file"),
    environment_file: nullable(text("with the variables that only root may read; null: there is none")),
    command: listOf(text("a word of what the unit runs")),
    environment: listOf(text("name of a variable that is carried into the unit")),
    written: truth("false: only printed"),
    enabled: truth("starts with the machine"),
    text: text("the unit"),
  }),
  "sup restart": object({ supervisor: text("address of the one that was told") }),
  "sup secret generate": object({ secret: text() }),
  "sup secret generate-tls": object({ certificate: text("path"), key: text("path") }),
  "sup term": STOPPED_SUPERVISOR,
  supportbundle: object({
    path: text("of the bundle"),
    files: count("members that are regular files, LEFT-OUT not counted"),
    left_out: listOf(object({ path: text("in the bundle"), reason: text() })),
  }),
  "svc key generate": KEY_PAIR_FILES,
  "svc load": OF_SERVICE,
  // With --follow, each of these on a line of its own.
  "svc logs": listOf(
    object({
      at: text("UTC"),
      service_group: text(),
      stream: oneOf("stdout", "stderr"),
      line: text(),
    }),
  ),
  "svc start": OF_SERVICE,
  "svc status": listOf(
    object({
      package: IDENT,
      service_group: text(),
      desired_state: nullable(oneOf("up", "down")),
      state: oneOf("up", "down"),
      elapsed_seconds: count(),
      pid: nullable(count()),
      problems: listOf(text()),
      ready: nullable(truth()),
      not_ready: listOf(text()),
      draining: truth(),
    }),
  ),
  "svc stop": OF_SERVICE,
  "svc unload": OF_SERVICE,
  "svc update": OF_SERVICE,
  "user key generate": KEY_PAIR_FILES,
};

/** What a command run with `--json` writes to standard error, as the last line there, when it fails. */
export const errorSchema: JsonSchema = object({
  error: object(
    {
      message: text("what is wrong"),
      exitCode: { type: "integer", minimum: 1, maximum: 255, description: "the exit code of the command" },
    },
    {
      code: text("lasting code, see ../errors.md; absent for a failure of the system or a bug"),
      cause: text("why"),
      next: text("what to do"),
    },
  ),
});
