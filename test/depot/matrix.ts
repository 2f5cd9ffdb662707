// Who may call what (reference/depot-api.md §4, §6–§13), said once more than the code says it: the least role of every
// route, and a request to try it with. Requests change nothing that a later one needs.

export const PEOPLE = [
  "anonymous",
  "stranger",
  "readonly_member",
  "member",
  "maintainer",
  "administrator",
  "owner",
] as const;
export type Who = (typeof PEOPLE)[number];

export interface Case {
  /** Whoever stands before it in PEOPLE is refused. */
  readonly least: Who;
  /** What refuses callers who have an account: 403 where not given. */
  readonly refusal?: 401 | 404;
  /** What a scoped token is refused with, whatever its origins: `account`, or a verb it lacks. */
  readonly scope?: "account" | "upload" | "promote" | "manage";
  readonly query?: string;
  readonly json?: unknown;
  readonly body?: string;
  /** Values of parameters that differ from the usual ones. */
  readonly with?: Readonly<Record<string, string>>;
  /** Its answer about a private package shows members something that nobody else sees. */
  readonly shows?: true;
  /** The answer, whoever asks (with a valid token or none). */
  readonly always?: number;
}

const reads = (more: Partial<Case> = {}): Case => ({ least: "anonymous", ...more });
const shown = (more: Partial<Case> = {}): Case => reads({ shows: true, ...more });
const session = (more: Partial<Case> = {}): Case => ({ least: "stranger", ...more });
const manage = (least: Who, more: Partial<Case> = {}): Case => ({ least, scope: "manage", ...more });
const promote = (more: Partial<Case> = {}): Case => ({
  least: "maintainer",
  refusal: 401,
  scope: "promote",
  ...more,
});
const account = (more: Partial<Case> = {}): Case => session({ scope: "account", ...more });
const decision: Case = { least: "readonly_member", scope: "promote", json: {}, with: { id: "1" } };
const absent = { release: "20000101000000" };
const piece = `checksum=${"ab".repeat(32)}`;
const days = "from_date=2020-1-1&to_date=2100-1-1";

export const MATRIX: Readonly<Record<string, Case>> = {
  "GET /authenticate/:code": reads({ always: 401 }),
  "GET /sign-in": reads(),
  "POST /sign-in/password": reads({ json: { name: "nosuch" }, always: 400 }),
  "POST /sign-in/token": reads({ json: { name: "nosuch" }, always: 400 }),
  "POST /sign-in/device": reads({ json: {}, always: 400 }),
  "POST /sign-in/device/token": reads({ json: { device_code: "nosuch" }, always: 410 }),
  // Tokens approve none, whoever's they are.
  "GET /profile/device-requests/:code": session({ with: { code: "nosuch" }, always: 403 }),
  "PUT /profile/device-requests/:code": account({ json: {}, with: { code: "nosuch" }, always: 403 }),
  "POST /sign-out/token": reads({ json: { token: "nosuch" }, always: 204 }),
  "GET /sign-in/proxy": reads({ always: 404 }),
  "GET /sign-in/kerberos": reads({ always: 404 }),
  "GET /sign-in/:provider": reads({ with: { provider: "nosuch" }, always: 404 }),
  "GET /sign-in/:provider/callback": reads({ with: { provider: "nosuch" }, always: 404 }),
  "POST /sign-out": reads({ always: 204 }),
  "PUT /profile/password": account({ json: { new: 1 } }),
  "GET /profile/sessions": session(),
  "DELETE /profile/sessions": account(),
  "DELETE /profile/sessions/:id": account({ with: { id: "1" } }),
  "GET /profile/identities": session(),
  "DELETE /profile/identities/:id": account({ with: { id: "1" } }),
  "GET /profile/license": session(),
  "PUT /profile/license": account(),
  "GET /depot/pkgs/search/:query": shown({ with: { query: "acme" } }),
  "GET /depot/channels/:origin": reads(),
  "GET /depot/channels/:origin/:channel/pkgs/_latest": shown({ query: "target=x86_64-linux" }),
  "GET /depot/channels/:origin/:channel/pkgs": shown(),
  "GET /depot/channels/:origin/:channel/pkgs/:name": shown(),
  "GET /depot/channels/:origin/:channel/pkgs/:name/latest": shown(),
  "GET /depot/channels/:origin/:channel/pkgs/:name/:version": shown(),
  "GET /depot/channels/:origin/:channel/pkgs/:name/:version/latest": shown(),
  "GET /depot/channels/:origin/:channel/pkgs/:name/:version/:release": shown(),
  "GET /depot/channels/:origin/:channel/history": { least: "readonly_member", shows: true },
  "GET /depot/channels/:origin/:channel/history/:state": {
    least: "readonly_member",
    shows: true,
    with: { state: "3" },
  },
  "GET /depot/channels/:origin/:channel/compare": shown({ query: "with=empty" }),
  "GET /depot/channels/:origin/:channel/gate": {
    least: "readonly_member",
    shows: true,
    with: { channel: "gated" },
  },
  "PUT /depot/channels/:origin/:channel/gate": manage("administrator", {
    json: { approvals: 1, approvers: {} },
  }),
  "DELETE /depot/channels/:origin/:channel/gate": manage("administrator", { with: { channel: "nosuch" } }),
  "GET /depot/channels/:origin/requests": { least: "readonly_member", shows: true },
  "GET /depot/channels/:origin/requests/:id": { least: "readonly_member", with: { id: "1" } },
  "GET /depot/channels/:origin/requests/:id/packages": { least: "readonly_member", with: { id: "1" } },
  "POST /depot/channels/:origin/requests/:id/approve": decision,
  "POST /depot/channels/:origin/requests/:id/reject": decision,
  "POST /depot/channels/:origin/requests/:id/withdraw": decision,
  "POST /depot/channels/:origin/promotions": {
    least: "maintainer",
    scope: "promote",
    json: { to: "stable", from: "nosuch" },
  },
  "PUT /depot/channels/:origin/:channel/rollback": {
    least: "maintainer",
    scope: "promote",
    json: { to: 1, dry_run: true },
    with: { channel: "empty" },
  },
  "POST /depot/channels/:origin/:channel": promote(),
  "DELETE /depot/channels/:origin/:channel": promote({ with: { channel: "nosuch" } }),
  "PUT /depot/channels/:origin/:channel/pkgs/promote": promote({ query: "channel=copy" }),
  "PUT /depot/channels/:origin/:channel/pkgs/demote": promote({
    query: "channel=copy",
    with: { channel: "stable" },
  }),
  "PUT /depot/channels/:origin/:channel/pkgs/:name/:version/:release/promote": promote({
    with: { channel: "stable" },
  }),
  "PUT /depot/channels/:origin/:channel/pkgs/:name/:version/:release/demote": promote({
    with: { channel: "nosuch" },
  }),
  "GET /depot/:origin/pkgs": shown(),
  "GET /rdeps/:origin/:name": shown({ with: { name: "open" } }),
  "POST /depot/origins": account({ json: { name: "acme" } }),
  "GET /depot/origins/:origin": reads(),
  "PUT /depot/origins/:origin": manage("administrator", { json: { default_package_visibility: "public" } }),
  "DELETE /depot/origins/:origin": manage("owner"),
  "GET /depot/origins/:origin/users": { least: "readonly_member", shows: true },
  "DELETE /depot/origins/:origin/users/:user": manage("owner", { with: { user: "nosuch" } }),
  "GET /depot/origins/:origin/users/:user/role": { least: "member" },
  "PUT /depot/origins/:origin/users/:user/role": manage("administrator", { query: "role=member" }),
  "POST /depot/origins/:origin/transfer/:user": {
    least: "owner",
    scope: "account",
    with: { user: "nosuch" },
  },
  "POST /depot/origins/:origin/depart": account({ with: { origin: "nosuch" } }),
  "GET /depot/origins/:origin/invitations": { least: "readonly_member", shows: true },
  "POST /depot/origins/:origin/users/:user/invitations": manage("maintainer", { with: { user: "nosuch" } }),
  "PUT /depot/origins/:origin/invitations/:id": account({ with: { id: "1" } }),
  "PUT /depot/origins/:origin/invitations/:id/ignore": account({ with: { id: "1" } }),
  "DELETE /depot/origins/:origin/invitations/:id": account({ with: { id: "1" } }),
  "GET /user/invitations": session(),
  "GET /depot/origins/:origin/keys": reads(),
  "POST /depot/origins/:origin/keys": manage("administrator"),
  "GET /depot/origins/:origin/keys/latest": reads(),
  "GET /depot/origins/:origin/keys/:revision": reads(),
  "POST /depot/origins/:origin/keys/:revision": {
    least: "administrator",
    scope: "upload",
    body: "no key",
    with: { revision: "20990101000000" },
  },
  "GET /depot/origins/:origin/secret_keys/latest": manage("member"),
  "POST /depot/origins/:origin/secret_keys/:revision": manage("administrator", { body: "no key" }),
  "GET /depot/origins/:origin/encryption_key": { least: "readonly_member" },
  "GET /depot/origins/:origin/secret": manage("administrator", { shows: true }),
  "POST /depot/origins/:origin/secret": manage("administrator", { json: { name: "", value: "" } }),
  "DELETE /depot/origins/:origin/secret/:name": manage("administrator", { with: { name: "nosuch" } }),
  "GET /depot/origins/:origin/integrations": { least: "readonly_member", shows: true },
  "GET /depot/origins/:origin/integrations/:integration/names": { least: "readonly_member", shows: true },
  "GET /depot/origins/:origin/integrations/:integration/:name": manage("readonly_member", {
    shows: true,
    with: { name: "marker-registry" },
  }),
  "PUT /depot/origins/:origin/integrations/:integration/:name": manage("maintainer", { json: {} }),
  "DELETE /depot/origins/:origin/integrations/:integration/:name": manage("maintainer", {
    with: { name: "nosuch" },
  }),
  "POST /ext/integrations/:type/credentials/validate": account({ json: {}, with: { type: "docker" } }),
  "GET /depot/events": shown({ query: days }),
  "GET /depot/stream": shown({ query: "after=0&seconds=0" }),
  "GET /depot/origins/:origin/webhooks": manage("administrator", { shows: true }),
  "POST /depot/origins/:origin/webhooks": manage("administrator", { json: { url: "ftp://x" } }),
  "GET /depot/origins/:origin/webhooks/:id": manage("administrator", { with: { id: "1" } }),
  "PATCH /depot/origins/:origin/webhooks/:id": manage("administrator", { json: {}, with: { id: "1" } }),
  "DELETE /depot/origins/:origin/webhooks/:id": manage("administrator", { with: { id: "1" } }),
  "POST /depot/origins/:origin/webhooks/:id/ping": manage("administrator", { with: { id: "1" } }),
  "GET /depot/origins/:origin/webhooks/:id/deliveries": manage("administrator", { with: { id: "1" } }),
  "POST /depot/origins/:origin/webhooks/:id/deliveries/:delivery/redeliver": manage("administrator", {
    with: { id: "1", delivery: "1" },
  }),
  "GET /depot/origins/:origin/audit": { least: "readonly_member", shows: true },
  "POST /depot/pkgs/:origin/:name/:version/:release": {
    least: "member",
    scope: "upload",
    body: "no hart",
    with: absent,
  },
  "GET /depot/pkgs/:origin/:name/:version/:release/upload": {
    least: "member",
    scope: "upload",
    with: absent,
    query: piece,
  },
  "PUT /depot/pkgs/:origin/:name/:version/:release/upload": {
    least: "member",
    scope: "upload",
    body: "",
    with: absent,
    query: piece,
  },
  "POST /depot/pkgs/:origin/:name/:version/:release/upload": {
    least: "member",
    scope: "upload",
    with: absent,
    query: piece,
  },
  "DELETE /depot/pkgs/:origin/:name/:version/:release/upload": {
    least: "member",
    scope: "upload",
    with: absent,
    query: piece,
  },
  "GET /depot/pkgs/:origin/:name/:version/:release/download": shown(),
  "GET /depot/pkgs/:origin": shown(),
  "GET /depot/pkgs/:origin/:name": shown(),
  "GET /depot/pkgs/:origin/:name/latest": shown(),
  "GET /depot/pkgs/:origin/:name/versions": shown(),
  "GET /depot/pkgs/:origin/:name/:version": shown(),
  "GET /depot/pkgs/:origin/:name/:version/latest": shown(),
  "GET /depot/pkgs/:origin/:name/:version/:release": shown(),
  "GET /depot/pkgs/:origin/:name/:version/:release/channels": reads(),
  "GET /depot/pkgs/:origin/:name/:version/:release/graph": reads(),
  "GET /depot/pkgs/:origin/:name/:version/:release/contents": reads(),
  "GET /depot/pkgs/:origin/:name/:version/:release/records/:record": reads({ with: { record: "sbom" } }),
  "GET /depot/overview": reads(),
  "GET /depot/overview/:origin/:name": shown(),
  "PATCH /depot/pkgs/:origin/:name/:version/:release/:visibility": manage("maintainer", { with: absent }),
  "DELETE /depot/pkgs/:origin/:name/:version/:release": manage("member", { with: absent }),
  "POST /settings/:origin/:name": manage("maintainer"),
  "GET /settings/:origin/:name": { least: "readonly_member", shows: true },
  "PUT /settings/:origin/:name": manage("maintainer", { json: { visibility: "" } }),
  "DELETE /settings/:origin/:name": manage("maintainer"),
  "GET /profile": session(),
  "PATCH /profile": account({ json: { email: "" } }),
  "GET /user/origins": session(),
  "GET /profile/access-tokens": session(),
  "POST /profile/access-tokens": account({ json: { label: "" } }),
  "DELETE /profile/access-tokens/:id": account({ with: { id: "1" }, always: 401 }),
};
