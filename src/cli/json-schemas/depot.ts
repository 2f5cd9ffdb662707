// What the commands about a depot, its channels and its origins print with `--json`.
import { count, type JsonSchema, listOf, nullable, object, oneOf, text, truth } from "../json-schema.ts";
import { KEY_PAIR_FILES, NAMED_KEY } from "./shared.ts";

const CHANNEL_OF_ORIGIN = object({ origin: text(), channel: text() });
const CHANNEL_MOVE = object({ origin: text(), source: text("channel"), target: text("channel") });
const RELEASES = listOf(object({ ident: text(), target: text() }));
const TIME = text("UTC");
const SIDE = object({ channel: text(), state: count() });
const NEWER = listOf(object({ name: text(), target: text(), here: text("ident"), there: text("ident") }));
const DECISION = { account: text(), at: TIME, comment: text() };
const STATES = oneOf("open", "approved", "rejected", "withdrawn", "expired", "failed");
const REQUEST = object({
  id: text("64 bits, in decimal"),
  origin: text(),
  from: nullable(text("channel")),
  to: text("channel"),
  idents: listOf(text("the first of them")),
  count: count("releases, each target counted"),
  target: nullable(text()),
  requested_by: text(),
  at: TIME,
  comment: text(),
  expires_at: TIME,
  state: STATES,
  reason: text("why it ended"),
  decided_at: nullable(TIME),
  channel_state: nullable(count("state of the channel that its promotion made")),
  needed: nullable(count("approvals; null where the channel has no gate any more")),
  approvals: listOf(object({ ...DECISION, counts: truth() })),
  rejections: listOf(object(DECISION)),
});
const GATE = object({
  origin: text(),
  channel: text(),
  approvals: count(),
  approvers: object({ accounts: listOf(text()), roles: listOf(text("this one and above")) }),
  own: truth("whether who asks may approve"),
  expires_after_hours: count(),
  updated_at: TIME,
  updated_by: text(),
});
const WEBHOOK = {
  id: text("64 bits, in decimal"),
  origin: text(),
  url: text(),
  events: listOf(text()),
  active: truth(),
  created_at: TIME,
  updated_at: TIME,
  created_by: text(),
};
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

/** An OpenAPI document describes itself. */
const ANY_OBJECT: JsonSchema = { type: "object", additionalProperties: true };

export const depotSchemas: Readonly<Record<string, JsonSchema>> = {
  "bldr channel approve": REQUEST,
  "bldr channel compare": object({
    origin: text(),
    here: SIDE,
    there: SIDE,
    only_here: listOf(text("ident")),
    only_there: listOf(text("ident")),
    newer_here: NEWER,
    newer_there: NEWER,
    same: count("releases in both"),
    complete: truth("whether no list was cut short"),
  }),
  "bldr channel create": CHANNEL_OF_ORIGIN,
  "bldr channel demote": CHANNEL_MOVE,
  "bldr channel destroy": CHANNEL_OF_ORIGIN,
  "bldr channel gate clear": object({ origin: text(), channel: text(), removed: truth() }),
  "bldr channel gate set": GATE,
  "bldr channel gate show": object({ origin: text(), channel: text(), gate: nullable(GATE) }),
  "bldr channel history": object({
    origin: text(),
    channel: text(),
    total: count(),
    changes: listOf(
      object({
        id: count("the state it made"),
        action: text(),
        idents: listOf(text("the first of them")),
        added: count(),
        removed: count(),
        account: text(),
        source_address: text(),
        trigger: text(),
        from_channel: nullable(text()),
        request_id: nullable(text()),
        back_to: nullable(count("of a rollback: the state it went back to")),
        at: TIME,
      }),
    ),
  }),
  "bldr channel list": object({ origin: text(), channels: listOf(text()) }),
  "bldr channel promote": object(
    { origin: text(), source: text("channel"), target: text("channel") },
    { promoted: RELEASES, request: REQUEST },
  ),
  "bldr channel reject": REQUEST,
  "bldr channel requests": object({ origin: text(), total: count(), requests: listOf(REQUEST) }),
  "bldr channel rollback": object({
    origin: text(),
    channel: text(),
    back_to: count(),
    state: count("the one the channel is in"),
    added: RELEASES,
    removed: RELEASES,
    gone: RELEASES,
    dry_run: truth(),
  }),
  "bldr channel wait": REQUEST,
  "bldr channel withdraw": REQUEST,
  "bldr webhook create": object({ ...WEBHOOK, secret: text("shown only now") }),
  "bldr webhook delete": object({ origin: text(), webhook: text() }),
  "bldr webhook deliveries": object({
    origin: text(),
    webhook: text(),
    total: count(),
    deliveries: listOf(
      object({
        id: text(),
        event: text(),
        state: oneOf("pending", "delivered", "failed", "dropped"),
        attempts: count(),
        status: nullable(count("of the last answer")),
        error: text(),
        created_at: TIME,
        updated_at: TIME,
        due_at: nullable(TIME),
      }),
    ),
  }),
  "bldr webhook list": object({ origin: text(), total: count(), webhooks: listOf(object(WEBHOOK)) }),
  "bldr webhook ping": object({ origin: text(), webhook: text(), delivery: text() }),
  "depot openapi": ANY_OBJECT,
  "depot backup": object({ file: text(), packages: count(), blobs: count(), bytes: count() }),
  "depot check": object({
    packages: count(),
    blobs: count(),
    bytes: count("read and hashed"),
    problems: listOf(
      object({
        kind: oneOf("missing-blob", "damaged-blob", "unnamed-blob", "not-searchable", "database"),
        subject: text("an ident, a digest or a table"),
        detail: text(),
        repaired: truth(),
      }),
    ),
  }),
  "depot export": object({
    file: text(),
    packages: count(),
    bytes: count(),
    keys: listOf(text("name-revision")),
    signedBy: text("name-revision"),
  }),
  "depot import": object({
    file: text(),
    signedBy: text("name-revision"),
    added: listOf(text("ident")),
    present: count(),
    promoted: count("into channels"),
  }),
  "depot install-unit": object({
    name: text(),
    path: text(),
    command: listOf(text()),
    written: truth(),
    enabled: truth(),
    text: text("the unit"),
  }),
  "depot mirror": object({
    url: text(),
    added: listOf(text("ident")),
    present: count(),
    promoted: count(),
    demoted: count(),
    failures: listOf(object({ ident: text(), reason: text() })),
  }),
  "depot prune": object({
    removed: listOf(object({ ident: text(), target: text() })),
    neededByOthers: count(),
    kept: count(),
    freedBytes: count(),
    dryRun: truth(),
  }),
  "depot restore": object({
    file: text(),
    createdAt: text("UTC; when the backup was begun"),
    packages: count(),
    blobs: count(),
    bytes: count(),
  }),
  "depot run": object({ url: text(), data: text("directory") }),
  "depot token create": object({
    id: text(),
    account: text(),
    label: text(),
    expiresAt: nullable(text("UTC")),
    origins: nullable(listOf(text("origin"))),
    verbs: nullable(listOf(oneOf("upload", "promote", "manage"))),
    token: text("secret; shown this once"),
  }),
  "depot token import": object({
    id: text(),
    account: text(),
    label: text(),
    expiresAt: nullable(text("UTC")),
    originalAccountId: text("number of the account in the depot it comes from"),
  }),
  "depot token expire": object({ id: text(), expiresAt: text("UTC") }),
  "depot token list": object({
    tokens: listOf(
      object({
        id: text(),
        account: text(),
        label: text(),
        createdAt: text("UTC"),
        expiresAt: nullable(text("UTC")),
        expired: truth(),
      }),
    ),
  }),
  "depot token revoke": object({ id: text(), revoked: truth() }),
  "depot user list": object({
    accounts: listOf(
      object({
        id: text(),
        name: text(),
        email: text(),
        createdAt: text("UTC"),
        tokens: count("that have not expired"),
        origins: listOf(text()),
        hasPassword: truth(),
        disabled: truth("nobody may sign in as it"),
      }),
    ),
  }),
  "depot user disable": object({ name: text(), disabled: truth() }),
  "depot user enable": object({ name: text(), disabled: truth() }),
  "depot user password": object({ name: text(), hasPassword: truth() }),
  "depot user remove": object({ name: text(), removed: truth() }),
  "depot user create": object({ id: text(), name: text(), email: text() }),
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
};
