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

/** The role is ours: what the caller may do there. */
export const ownOriginAnswer = z.object({
  ...newOriginAnswer.shape,
  package_count: number,
  role: z.enum(ROLES),
});

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

export const deviceBegunAnswer = z.object({
  device_code: text.describe("For the terminal alone: what it asks with"),
  user_code: text.describe("For people: what they type or compare"),
  verification_uri: text.describe("Where a person types the code"),
  verification_uri_complete: text.describe("The same with the code in it"),
  expires_in: number.describe("Seconds"),
  interval: number.describe("Seconds between two questions"),
});

export const deviceWaitAnswer = z.object({
  interval: number.describe("Seconds to wait before the next question"),
});

export const deviceRequestAnswer = z.object({
  id: id.describe("To be sent with the decision, which is on this request only"),
  user_code: text,
  label: text.describe("What the terminal calls itself, and the token will be called"),
  days: number.nullable().describe("Days until the token ends by itself; null: never"),
  address: text.describe("Where the request came from"),
  same_address: z.boolean().describe("Whether that is where this request comes from as well"),
  created_at: time,
  expires_at: time,
});

export const sessionAnswer = z.object({
  id,
  name: text,
  email: text,
  token: text,
  flags: number,
  oauth_token: text,
});

export const signInWaysAnswer = z.object({
  ways: z.array(
    z.object({
      kind: z.enum(["password", "oidc", "oauth", "kerberos", "proxy"]),
      name: text.describe("What to call it"),
      url: text.describe("Where to go to sign in; for a password, where to send it"),
    }),
  ),
  account: accountAnswer.nullable().describe("Who is signed in; null: nobody"),
});

export const sessionsAnswer = z.object({
  sessions: z.array(
    z.object({
      id,
      way: text.describe("How it began: password, or a provider's name"),
      kind: z.enum(["browser", "client"]),
      address: text,
      user_agent: text,
      created_at: time,
      seen_at: time,
      expires_at: time.describe("Ends then unless it is used before, and cannot be used for ever"),
      current: z.boolean().describe("Whether it is the session of this request"),
    }),
  ),
});

export const identitiesAnswer = z.object({
  has_password: z.boolean(),
  identities: z.array(z.object({ id, provider: text, issuer: text, user_name: text, created_at: time })),
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

/** What the depot holds as a whole (routes/looks.ts). */
export const overviewAnswer = z.object({
  package_count: z.number(),
  origin_count: z.number(),
  origins: z.array(z.object({ name: z.string(), package_count: z.number() })),
  newest: z.array(
    z.object({
      origin: z.string(),
      name: z.string(),
      version: z.string(),
      release: z.string(),
      target: z.string(),
      created_at: z.string(),
    }),
  ),
});

/** One package at a glance (routes/looks.ts): the newest release of each channel, for each target. */
export const packageOverviewAnswer = z.object({
  description: z.string(),
  is_a_service: z.boolean(),
  targets: z.array(z.string()),
  heads: z.array(
    z.object({
      origin: z.string(),
      name: z.string(),
      version: z.string(),
      release: z.string(),
      target: z.string(),
      channel: z.string(),
      promoted_at: z.string(),
    }),
  ),
});

/** Dependencies in both directions (routes/looks.ts). Edges are indexes of nodes; node 0 is the release itself. */
export const dependencyGraphAnswer = z.object({
  nodes: z.array(z.object({ ident: z.string(), size: z.number().nullable() })),
  edges: z.array(z.array(z.number())),
  left_out: z.number(),
  dependent_count: z.number(),
  dependents: z.array(z.object({ ident: z.string(), is_direct: z.boolean() })),
});

/** What is inside a release (routes/looks.ts). */
export const contentsAnswer = z.object({
  file_count: z.number(),
  total_bytes: z.number(),
  files: z.array(
    z.object({
      path: z.string(),
      kind: z.enum(["file", "symlink", "hard link", "other"]),
      size: z.number(),
      mode: z.number(),
      link: z.string().nullable(),
    }),
  ),
  readme: z.object({ path: z.string(), text: z.string(), is_cut: z.boolean() }).nullable(),
  manifest: z.string(),
  config: z.string(),
  records: z.array(z.string()),
  signer: z.string(),
});

/** An upload in pieces: bytes that are here, and the size of every piece but the last. */
export const uploadProgressAnswer = z.object({ offset: number, piece_bytes: number });
