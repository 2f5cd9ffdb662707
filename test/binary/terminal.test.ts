// What is drawn on a real terminal (script of bsdutils makes one) and what comes out of a pipe: colours and progress.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type JsonWorld, startJsonWorld } from "./json-world.ts";
import { HAB, run } from "./program.ts";

const SHELL = { SHELL: "/bin/sh" };
const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
const onTerminal = (words: readonly string[]) => [
  ...["/usr/bin/script", "--quiet", "--return", "--command"],
  ...[[HAB, ...words].map(quoted).join(" "), "/dev/null"],
];

describe("colours", () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "hab-terminal-"));
    writeFileSync(join(root, "x.hart"), "no hart");
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const STATUS = ["ring", "key", "generate", "production"];
  const ERROR = ["pkg", "path", "acme/nothing"];
  const USAGE_ERROR = ["pkg", "lst"];
  const HELP = ["pkg", "list", "--help"];
  const ALWAYS = { terminal: true, pipe: true };
  const NEVER = { terminal: false, pipe: false };

  /** Status lines and errors ask for TERM only, as the original does; help and usage errors ask for a terminal too. */
  const rules: [Record<string, string>, typeof ALWAYS, typeof ALWAYS][] = [
    [{ TERM: "xterm" }, ALWAYS, { terminal: true, pipe: false }],
    [{ TERM: "dumb" }, NEVER, NEVER],
    [{ TERM: "xterm", NO_COLOR: "1" }, NEVER, NEVER],
    [{ TERM: "xterm", HAB_NOCOLORING: "true" }, NEVER, NEVER],
    [{ TERM: "dumb", FORCE_COLOR: "1" }, ALWAYS, ALWAYS],
    [{ TERM: "xterm", FORCE_COLOR: "0" }, NEVER, NEVER],
    [{ TERM: "xterm", FORCE_COLOR: "1", NO_COLOR: "1" }, NEVER, NEVER],
    [{ TERM: "xterm", FORCE_COLOR: "1", HAB_NOCOLORING: "1" }, NEVER, NEVER],
  ];

  test.each(rules)("with %p", async (variables, lines, help) => {
    const env = { FS_ROOT: root, HOME: root, HAB_CACHE_KEY_PATH: join(root, "keys"), ...SHELL, ...variables };
    const isColoured = async (command: readonly string[]) => {
      const { stdout, stderr } = await run(command, { env });
      expect(stdout + stderr).not.toBe("");
      return (stdout + stderr).includes("\u001b[");
    };
    for (const [words, wanted] of [
      [STATUS, lines],
      [ERROR, lines],
      [USAGE_ERROR, help],
      [HELP, help],
    ] as const) {
      expect([words, await isColoured([HAB, ...words])]).toEqual([words, wanted.pipe]);
      expect([words, await isColoured(onTerminal(words))]).toEqual([words, wanted.terminal]);
    }
  });
});

describe("progress of a download", () => {
  let world: JsonWorld;
  /** The depot, but a package comes byte by byte until `release` is called. */
  let slow: Server;
  let release: () => void;
  let isReleased: boolean;
  beforeAll(async () => {
    world = await startJsonWorld();
    const { env } = world;
    expect((await run([HAB, "origin", "create", "acme"], { env })).code).toBe(0);
    expect((await run([HAB, "pkg", "upload", world.hart("tiny")], { env })).code).toBe(0);
    slow = createServer((request, response) => void answer(request.url ?? "", response));
    await new Promise<void>((listening) => slow.listen(0, "127.0.0.1", listening));
  });
  afterAll(async () => {
    slow.close();
    slow.closeAllConnections();
    await world.stop();
  });

  async function answer(path: string, response: ServerResponse): Promise<void> {
    const original = await fetch(`${world.env["HAB_BLDR_URL"]}${path}`);
    const bytes = new Uint8Array(await original.arrayBuffer());
    const headers = { ...Object.fromEntries(original.headers), "content-length": bytes.length };
    response.writeHead(original.status, headers);
    let sent = 0;
    if (path.split("?")[0]?.endsWith("/download"))
      for (; !isReleased && sent < bytes.length - 1; sent++) {
        response.write(bytes.subarray(sent, sent + 1));
        await Bun.sleep(5);
      }
    response.end(bytes.subarray(sent));
  }

  function download(command: (words: readonly string[]) => string[], to: string) {
    isReleased = false;
    release = () => {
      isReleased = true;
    };
    const words = ["pkg", "download", "acme/tiny", "-c", "unstable", "--download-directory", world.at(to)];
    const { FORCE_COLOR: _, ...rest } = world.env;
    const env = {
      ...rest,
      ...SHELL,
      NO_COLOR: "1",
      HAB_BLDR_URL: `http://127.0.0.1:${(slow.address() as AddressInfo).port}`,
    };
    return Bun.spawn({
      cmd: command(words),
      env: { PATH: "/usr/bin:/bin", ...env },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
  }

  test("is a line on a terminal, which is gone in the end", async () => {
    const child = download(onTerminal, "on-terminal");
    let screen = "";
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout) {
      screen += decoder.decode(chunk, { stream: true });
      if (screen.includes(" left")) release();
    }
    expect([await child.exited, screen]).toEqual([0, expect.any(String)]);
    expect(screen).toMatch(
      /\r\u001b\[K {2}acme-tiny-\S+ {2}(\[=*>?-*\] )?\d+ % {2}[\d.]+ K?B \/ [\d.]+ K?B {2}[\d.]+ [KM]?B\/s {2}[^\r]* left\r/,
    );
    const shown = screen.replace(/\r\u001b\[K[^\r\n]*(?=\r\u001b\[K)/g, "").replaceAll("\r\u001b[K", "");
    expect(shown).not.toContain(" %");
    expect(shown).toContain("1 packages in");
  });

  test("is not drawn in a pipe", async () => {
    const child = download((words) => [HAB, ...words], "in-pipe");
    release();
    const [stdout, stderr] = [await child.stdout.text(), await child.stderr.text()];
    expect([await child.exited, stderr]).toEqual([0, ""]);
    expect(stdout).not.toMatch(/[\r\u001b]/);
    expect(stdout).toContain("Downloading acme/tiny");
  });
});
