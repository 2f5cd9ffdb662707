// For tests: a real provider of OpenID Connect (npm `oidc-provider`, certified) on a free loopback port, with its own pages
// for signing in and agreeing, and what a person does at them.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Provider from "oidc-provider";
import type { TestBrowser } from "./browser.ts";

export interface TestOpenId {
  readonly issuer: string;
  stop(): Promise<void>;
}

export interface OpenIdOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Redirection addresses of the client; asked for each request, since the depot may start later. */
  readonly redirectUris: () => readonly string[];
}

export async function startOpenId(options: OpenIdOptions): Promise<TestOpenId> {
  let handle: ReturnType<Provider["callback"]> | undefined;
  const server = createServer((request, response) => {
    // Made with the first request: by then the client's addresses are known.
    handle ??= provider().callback();
    handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = (): Provider =>
    new Provider(issuer, {
      clients: [
        {
          client_id: options.clientId,
          client_secret: options.clientSecret,
          redirect_uris: options.redirectUris(),
          grant_types: ["authorization_code"],
          response_types: ["code"],
        },
      ],
      pkce: { required: () => true },
      features: { devInteractions: { enabled: true } },
      cookies: { keys: ["a key of this test"] },
      claims: { openid: ["sub"], profile: ["preferred_username"], email: ["email"] },
      // Whoever signs in as `name` is the subject `subject-of-name`.
      findAccount: (_context: unknown, id: string) => ({
        accountId: id,
        claims: () => ({
          sub: `subject-of-${id}`,
          preferred_username: id,
          email: `${id}@example.com`,
        }),
      }),
    });
  return {
    issuer,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Goes to an address and does what the provider's pages ask for, as `login`; gives where that ends. */
export async function signInAt(
  browser: TestBrowser,
  url: string,
  login: string,
): Promise<{ url: string; status: number }> {
  let at = await browser.visit(url);
  for (let pages = 0; pages < 5 && new URL(at.url).pathname.startsWith("/interaction/"); pages++) {
    const page = await at.response.text();
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1] ?? "";
    const action = /action="([^"]+)"/.exec(page)?.[1] ?? at.url;
    const answer = await browser.send("POST", new URL(action, at.url).href, {
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ prompt, ...(prompt === "login" && { login, password: "any" }) }).toString(),
    });
    at = await browser.visit(new URL(answer.headers.get("location") ?? "", at.url).href);
  }
  return { url: at.url, status: at.response.status };
}
