import { expect, test } from "bun:test";
import { beginConnecting } from "./connect-attempt.ts";

async function outcome(host: string, port: number): Promise<string> {
  const attempt = beginConnecting(host, port);
  try {
    for (;;) {
      const state = attempt.state();
      if (state !== "pending") return state;
      await Bun.sleep(1);
    }
  } finally {
    attempt.close();
  }
}

for (const host of ["127.0.0.1", "::1"])
  test(`a port of ${host} that is listened on is open; afterwards it is refused`, async () => {
    const server = Bun.listen({ hostname: host, port: 0, socket: { data() {} } });
    const { port } = server;
    expect(await outcome(host, port)).toBe("open");
    server.stop(true);
    expect(await outcome(host, port)).toBe("ECONNREFUSED");
  });

test("an address that no route leads to", async () => {
  expect(["EINVAL", "ENETUNREACH", "EACCES"]).toContain(await outcome("255.255.255.255", 9));
});
