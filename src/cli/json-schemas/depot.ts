// What the commands about a depot, its channels and its origins print with `--json`.
import { count, type JsonSchema, listOf, nullable, object, oneOf, text, truth } from "../json-schema.ts";
import { KEY_PAIR_FILES, NAMED_KEY } from "./shared.ts";

const CHANNEL_OF_ORIGIN = object({ origin: text(), channel: text() });
const CHANNEL_MOVE = object({ origin: text(), source: text("channel"), target: text("channel") });
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
  "bldr channel create": CHANNEL_OF_ORIGIN,
  "bldr channel demote": CHANNEL_MOVE,
  "bldr channel destroy": CHANNEL_OF_ORIGIN,
  "bldr channel list": object({ origin: text(), channels: listOf(text()) }),
  "bldr channel promote": CHANNEL_MOVE,
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
