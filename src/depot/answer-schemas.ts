// What the depot answers, as zod schemas: names, order of keys, ids and counts as text where the original has them so
// (reference/depot-api.md §5). The functions in shapes.ts must give exactly these, and the OpenAPI document is made of them.
import { z } from "zod";
import { ROLES } from "./roles.ts";
import { VERBS } from "./scopes.ts";

/** 64-bit numbers are text, because a JSON number cannot hold them. */
const id = z.string().regex(/^[0-9]{1,20}$/);
/** UTC without a zone; no fraction when it is zero. */
const time = z.string().regex(/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{3})?$/);
const visibility = z.enum(["public", "private", "hidden"]);
const number = z.number().int();
const text = z.string();

export const identAnswer = z.object({
  origin: text,
  name: text,
  version: text.nullable(),
  release: text.nullable(),
});

/** A page of a list: 206 while there is more, 200 at its end. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    range_start: number,
    range_end: number,
    total_count: number,
    data: z.array(item),
  });
}

/** One package as the channel routes give it. */
export const packageInChannelAnswer = z.object({
  id,
  owner_id: id,
  name: text,
  ident: identAnswer,
  ident_array: z.array(text),
  checksum: z.string().regex(/^[0-9a-f]{64}$/),
  manifest: text,
  config: text,
  target: text,
  deps: z.array(identAnswer),
  tdeps: z.array(identAnswer),
  build_deps: z.array(identAnswer),
  build_tdeps: z.array(identAnswer),
  exposes: z.array(number),
  visibility,
  created_at: time,
  updated_at: time,
  origin: text,
  package_type: z.enum(["Standard", "Native"]),
  channels: z.array(text),
  is_a_service: z.boolean(),
});

/** The same as the package routes give it: without manifest and config, with the size. */
export const packageAnswer = z.object({ ...packageInChannelAnswer.shape, size: number });

export const listItemAnswer = z.object({
  ...identAnswer.shape,
  channels: z.array(text),
  platforms: z.array(text),
});

export const versionAnswer = z.object({
  origin: text,
  name: text,
  version: text,
  release_count: z.string().regex(/^[0-9]+$/),
  latest: text,
  platforms: z.array(text),
  visibility,
});

export const packageChannelAnswer = z.object({ name: text, created_at: time, promoted_at: time });

export const channelNameAnswer = z.object({ name: text });

export const channelAnswer = z.object({
  id,
  owner_id: id,
  name: text,
  created_at: time,
  updated_at: time,
  origin: text,
});

export const latestInChannelAnswer = z.object({ channel: text, target: text, data: z.array(identAnswer) });

export const newOriginAnswer = z.object({
  owner_id: id,
  name: text,
  created_at: time,
  updated_at: time,
  default_package_visibility: visibility,
});

export const originAnswer = z.object({
  owner_id: id,
  name: text,
  private_key_name: text.nullable(),
  default_package_visibility: visibility,
  owner_account: text,
});

export const ownOriginAnswer = z.object({ ...newOriginAnswer.shape, package_count: number });

export const membersAnswer = z.object({ origin: text, members: z.array(text) });

export const roleAnswer = z.object({ role: z.enum(ROLES) });

export const invitationAnswer = z.object({
  id,
  origin: text,
  account_id: id,
  account_name: text,
  owner_id: id,
  ignored: z.boolean(),
  created_at: time,
  updated_at: time,
});

export const originInvitationsAnswer = z.object({ origin: text, invitations: z.array(invitationAnswer) });

export const packageSettingsAnswer = z.object({
  id,
  origin: text,
  name: text,
  visibility,
  owner_id: id,
  hidden: z.boolean(),
  created_at: time,
  updated_at: time,
});

export const accountAnswer = z.object({ id, email: text, name: text, created_at: time, updated_at: time });

/** The original has the first four; the others are ours. */
export const tokenAnswer = z.object({
  id,
  account_id: id,
  token: text.describe("Only in the answer that creates it; else empty"),
  created_at: time,
  label: text,
  expires_at: time.nullable(),
  origins: z.array(text).nullable().describe("Origins the token is limited to; null: all"),
  verbs: z.array(z.enum(VERBS)).nullable().describe("What the token may do besides reading; null: all"),
});

export const tokensAnswer = z.object({ tokens: z.array(tokenAnswer) });

export const sessionAnswer = z.object({
  id,
  name: text,
  email: text,
  token: text,
  flags: number,
  oauth_token: text,
});

export const secretAnswer = z.object({ id, origin_id: id, name: text, value: text });

export const keyAnswer = z.object({ origin: text, revision: text, location: text });

export const integrationsAnswer = z.record(text, z.array(text));

export const integrationNamesAnswer = z.object({ names: z.array(text) });

export const integrationAnswer = z.object({
  origin: text,
  integration: text,
  name: text,
  body: z.record(text, z.unknown()),
});

export const eventAnswer = z.object({
  operation: z.enum(["Promote", "Demote"]),
  created_at: time,
  origin: text,
  channel: text,
  package_ident: identAnswer,
});

export const dependentsAnswer = z.object({ origin: text, name: text, rdeps: z.array(text) });

/** One row of an origin's audit. */
export const auditAnswer = z.object({
  id,
  at: time,
  account_id: id,
  account_name: text,
  operation: text,
  subject: text,
  channel: text.nullable(),
  details: z.record(text, z.unknown()),
  trigger: text.describe(
    "hab_client, builder_ui, unknown, or command for what was done on the depot's machine",
  ),
  address: text,
});

/** An upload in pieces: bytes that are here, and the size of every piece but the last. */
export const uploadProgressAnswer = z.object({ offset: number, piece_bytes: number });
