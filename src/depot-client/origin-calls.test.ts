// What the calls about origins send, and what they make of the answers (reference/cli.md §11.2).
import { afterEach, describe, expect, test } from "bun:test";
import { Secret } from "../crypto/index.ts";
import { isKind } from "../error/index.ts";
import { clientErrors, createDepotClient } from "./index.ts";

const AT_ONCE = { delaysMs: [0, 0] };
const servers: Bun.Server<unknown>[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop(true);
});

/** A client of a depot that gives these answers one after the other, the last one for ever. */
function clientOf(...answers: readonly { readonly status: number; readonly body?: string }[]) {
  const asked: { line: string; type: string | null; body: string }[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { status, body } = answers[Math.min(asked.length, answers.length - 1)] ?? { status: 500 };
      const { pathname, search } = new URL(request.url);
      asked.push({
        line: `${request.method} ${pathname}${search}`,
        type: request.headers.get("content-type"),
        body: await request.text(),
      });
      return new Response(body ?? null, { status });
    },
  });
  servers.push(server);
  const client = createDepotClient({
    url: `http://127.0.0.1:${server.port}`,
    token: new Secret("_token"),
    retries: { questions: AT_ONCE, transfers: AT_ONCE, uploads: AT_ONCE },
  });
  return { client, asked };
}

describe("calls about origins", () => {
  test("create sends the name as JSON and knows an origin that exists", async () => {
    const { client, asked } = clientOf({ status: 201 }, { status: 409 });
    expect(await client.createOrigin("acme")).toBe(true);
    expect(await client.createOrigin("acme")).toBe(false);
    expect(asked[0]).toEqual({
      line: "POST /v1/depot/origins",
      type: "application/json",
      body: '{"name":"acme"}',
    });
  });

  test("ids of 64 bits travel whole", async () => {
    const { client, asked } = clientOf({ status: 204 });
    await client.acceptInvitation("acme", 2n ** 64n - 1n);
    expect(asked[0]?.line).toBe("PUT /v1/depot/origins/acme/invitations/18446744073709551615");
  });

  test("a question is asked again when the depot is busy, a change is not", async () => {
    const question = clientOf({ status: 503 }, { status: 200, body: '{"role":"member"}' });
    expect(await question.client.memberRole("acme", "bob")).toBe("member");
    expect(question.asked).toHaveLength(2);
    const change = clientOf({ status: 503 }, { status: 204 });
    await expect(change.client.setMemberRole("acme", "bob", "member")).rejects.toThrow("503");
    expect(change.asked).toHaveLength(1);
  });

  test.each([200, 201, 202, 301])("the status %d is no success of a deletion", async (status) => {
    const { client } = clientOf({ status });
    await expect(client.deleteOrigin("acme")).rejects.toThrow(String(status));
  });

  test.each(["", "[]", "{}", '{"role":7}', "<html>"])("the answer %p is no role", async (body) => {
    const { client } = clientOf({ status: 200, body });
    const error = await client.memberRole("acme", "bob").catch((reason: unknown) => reason);
    expect(isKind(error, clientErrors.badAnswer)).toBe(true);
  });
});
