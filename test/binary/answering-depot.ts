// A depot that answers what ours does not serve yet, as the original's does (reference/depot-api.md §23).

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

/** Method and path → status, and what is said. */
const ANSWERS: readonly (readonly [RegExp, number, unknown?])[] = [
  [/^GET \/v1\/user\/invitations$/, 200, [INVITATION]],
  [/^GET .*\/origins\/acme\/invitations$/, 200, { origin: "acme", invitations: [INVITATION] }],
  [/^POST .*\/users\/bob\/invitations$/, 201],
  [/^GET .*\/users\/bob\/role$/, 200, { role: "maintainer" }],
  [/^(PUT|DELETE) .*\/invitations\/1(\/ignore)?$/, 204],
  [/^PUT .*\/users\/bob\/role$/, 204],
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
