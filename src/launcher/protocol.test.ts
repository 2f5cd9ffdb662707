import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { encodeLine, LineDecoder, MAX_MESSAGE_BYTES, parseRequest, type Request } from "./protocol.ts";

const service = {
  group: "redis.default",
  command: ["/hab/svc/redis/run"],
  env: { PATH: "/bin" },
  user: { uid: 42, gid: 42, groups: [42, 7] },
  stopSignal: "INT",
  stopTimeoutMs: 8000,
};

const requests: Request[] = [
  { id: 1, do: "register", protocol: 1, pid: 7 },
  { id: 2, do: "spawn", service },
  { id: 3, do: "spawn", service: { group: "a.b", command: ["x"], env: {} } },
  { id: 4, do: "terminate", pid: 5, signal: "TERM", timeoutMs: 100 },
  { id: 5, do: "terminate", pid: 5 },
  { id: 6, do: "services" },
];

function decode(...chunks: Uint8Array[]): Record<string, unknown>[] {
  const decoder = new LineDecoder();
  return chunks.flatMap((chunk) => decoder.push(chunk));
}

describe("requests", () => {
  test.each(requests)("%j", (request) => {
    const [line] = decode(encodeLine(request));
    expect(parseRequest(line ?? {})).toEqual(request);
  });

  test("however they are cut", () => {
    const bytes = Buffer.concat(requests.map(encodeLine));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: bytes.length }), (step) => {
        const chunks = [];
        for (let start = 0; start < bytes.length; start += step)
          chunks.push(bytes.subarray(start, start + step));
        expect(decode(...chunks).map(parseRequest)).toEqual(requests);
      }),
    );
  });

  test("of a newer Supervisor: what we do not know is passed over", () => {
    const [line] = decode(Buffer.from('{"id":1,"do":"services","since":3,"v":2}\n'));
    expect(parseRequest(line ?? {})).toEqual({ id: 1, do: "services" });
  });

  test.each([
    '{"do":"services"}',
    '{"id":-1,"do":"services"}',
    '{"id":1}',
    '{"id":1,"do":"reboot"}',
    '{"id":1,"do":"register","pid":1}',
    '{"id":1,"do":"terminate"}',
    '{"id":1,"do":"terminate","pid":-1}',
    '{"id":1,"do":"terminate","pid":1.5}',
    '{"id":1,"do":"terminate","pid":1,"signal":9}',
    '{"id":1,"do":"terminate","pid":1,"timeoutMs":-1}',
    '{"id":1,"do":"spawn"}',
    '{"id":1,"do":"spawn","service":{"group":"","command":["x"],"env":{}}}',
    '{"id":1,"do":"spawn","service":{"group":"a.b","command":[],"env":{}}}',
    '{"id":1,"do":"spawn","service":{"group":"a.b","command":["x",1],"env":{}}}',
    '{"id":1,"do":"spawn","service":{"group":"a.b","command":["x"],"env":{"A":1}}}',
    '{"id":1,"do":"spawn","service":{"group":"a.b","command":["x"],"env":{},"user":{"uid":-1,"gid":1,"groups":[]}}}',
    '{"id":1,"do":"spawn","service":{"group":"a.b","command":["x"],"env":{},"user":{"uid":1,"gid":1}}}',
  ])("refused: %s", (text) => {
    const [line] = decode(Buffer.from(`${text}\n`));
    expect(() => parseRequest(line ?? {})).toThrow("not understood");
  });

  test.each(["\n", "[]\n", "7\n", "null\n", "{\n", "\u{feff}{}\n"])("no message: %j", (text) => {
    expect(() => decode(Buffer.from(text))).toThrow("a line that is no");
  });

  test("no larger than the bound, on both ends", () => {
    const chunk = Buffer.alloc(MAX_MESSAGE_BYTES / 4, "x");
    expect(() => decode(chunk, chunk, chunk, chunk, chunk)).toThrow("more than");
    const env = { A: "x".repeat(MAX_MESSAGE_BYTES) };
    expect(() => encodeLine({ id: 1, do: "spawn", service: { ...service, env } })).toThrow("at most");
  });
});
