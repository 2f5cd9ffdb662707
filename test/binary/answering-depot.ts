// A depot that answers what would take people, ids or time to have from a real one, as the original's does
// (reference/depot-api.md §23) and ours.

const INVITATION = {
  id: "1",
  account_id: "2",
  account_name: "bob",
  origin: "acme",
  owner_id: "3",
  ignored: false,
  created_at: "2026-01-01T00:00:00.123",
  updated_at: "2026-01-01T00:00:00.123",
};

const AT = "2026-01-01T00:00:00.123Z";

const REQUEST = {
  id: "1",
  origin: "acme",
  from: "testing",
  to: "stable",
  idents: ["acme/app/1.0/20260101000000"],
  count: 1,
  target: null,
  requested_by: "mia",
  at: AT,
  comment: "",
  expires_at: AT,
  state: "approved",
  reason: "",
  decided_at: AT,
  channel_state: 2,
  needed: 1,
  approvals: [{ account: "max", at: AT, comment: "fine", counts: true }],
  rejections: [{ account: "bob", at: AT, comment: "" }],
  may: { approve: false, reject: false, withdraw: false },
};

const WEBHOOK = {
  id: "1",
  origin: "acme",
  url: "https://ci.example.com/",
  events: ["promotion"],
  active: true,
  created_at: AT,
  updated_at: AT,
  created_by: "mia",
};

const DELIVERY = {
  id: "2",
  event: "promotion",
  state: "pending",
  attempts: 1,
  status: 503,
  error: "answered 503",
  created_at: AT,
  updated_at: AT,
  due_at: AT,
};

const pageOf = (item: unknown) => ({ range_start: 0, range_end: 0, total_count: 1, data: [item] });

/** Method and path → status, and what is said. */
const ANSWERS: readonly (readonly [RegExp, number, unknown?])[] = [
  [/^GET \/v1\/user\/invitations$/, 200, [INVITATION]],
  [/^GET .*\/origins\/acme\/invitations$/, 200, { origin: "acme", invitations: [INVITATION] }],
  [/^POST .*\/users\/bob\/invitations$/, 201],
  [/^GET .*\/users\/bob\/role$/, 200, { role: "maintainer" }],
  [/^(PUT|DELETE) .*\/invitations\/1(\/ignore)?$/, 204],
  [/^PUT .*\/users\/bob\/role$/, 204],
  [/^GET .*\/requests$/, 200, pageOf(REQUEST)],
  [/^(GET|POST) .*\/requests\/1(\/[a-z]+)?$/, 200, REQUEST],
  [/^POST .*\/promotions$/, 202, { request: REQUEST }],
  [/^POST \/v1\/sign-in\/token$/, 200, { token: "_made", expires_at: AT }],
  [/^POST \/v1\/sign-out\/token$/, 204],
  [/^GET .*\/webhooks$/, 200, pageOf(WEBHOOK)],
  [/^POST .*\/webhooks$/, 201, { ...WEBHOOK, secret: "whsec_x" }],
  [/^POST .*\/webhooks\/1\/ping$/, 202, { id: "2" }],
  [/^GET .*\/webhooks\/1\/deliveries$/, 200, pageOf(DELIVERY)],
  [/^PATCH .*\/webhooks\/1$/, 200, WEBHOOK],
  [/^DELETE .*\/webhooks\/1$/, 204],
  [/^POST .*\/origins\/acme\/(depart|transfer\/bob)$/, 204],
  [/^DELETE .*\/(origins\/acme|pkgs\/acme\/[^/]+\/[^/]+\/[^/]+)$/, 204],
];

/** Starts it on a free port of this machine. */
export function startAnsweringDepot(): { readonly url: string; stop(): Promise<void> } {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const asked = `${request.method} ${new URL(request.url).pathname}`;
      const answer = ANSWERS.find(([pattern]) => pattern.test(asked));
      if (answer === undefined) return new Response(null, { status: 404 });
      const [, status, body] = answer;
      return body === undefined ? new Response(null, { status }) : Response.json(body, { status });
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, stop: () => server.stop(true) };
}
