// The recorded frames of the original, read, written again and answered (reference/supervisor.md §12).
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  type CtlMessage,
  type CtlReply,
  type CtlServer,
  decodeCtlMessage,
  encodeCtlMessage,
  encodeFrame,
  serveCtl,
} from "../../../src/ctl/index.ts";
import cli from "./cli.json";
import cliMore from "./cli-more.json";
import depart from "./depart.json";
import handMade from "./frames.json";
import { decodeOne, vectorFields } from "./vector-frames.ts";

const SECRET = "w9TuoqTk4Ixaht8ZpJpHQlmPRbvpgz13GaGnvxunJy8iOhZcS7qGqEA7jogq/Itfu4HOdQGmLRY9G5fRUcuw/w==";

interface FrameVector {
  hex: string;
  message?: string;
  transaction?: { id: number; response: boolean; complete: boolean };
  fields?: Record<string, unknown>;
  incomplete?: boolean;
}
interface Dialogue {
  name: string;
  dialogue: { dir: "client" | "server"; hex?: string; length?: number; frames?: FrameVector[] }[];
  expect: { server_closes: boolean };
}
interface Command {
  name: string;
  expect: { connections?: { client_to_server: FrameVector[]; server_to_client: FrameVector[] }[] };
}

const dialogues = handMade as unknown as Dialogue[];
const commands = [...cli, ...cliMore, ...depart] as unknown as Command[];

function isWhole(vector: FrameVector): boolean {
  return vector.incomplete !== true && vector.message !== undefined && !vector.hex.endsWith("…");
}

const recorded: [string, FrameVector][] = [
  ...commands.flatMap(({ name, expect: { connections = [] } }) =>
    connections.flatMap(({ client_to_server, server_to_client }) =>
      [...client_to_server, ...server_to_client].map((frame) => [name, frame] as [string, FrameVector]),
    ),
  ),
  ...dialogues.flatMap(({ name, dialogue }) =>
    dialogue.flatMap(({ frames = [] }) => frames.map((frame) => [name, frame] as [string, FrameVector])),
  ),
].filter(([, frame]) => isWhole(frame));

test(`${recorded.length} recorded frames are read as recorded and written again byte by byte`, async () => {
  expect(recorded.length).toBeGreaterThan(400);
  for (const [name, vector] of recorded) {
    const frame = decodeOne(Uint8Array.fromHex(vector.hex));
    expect([name, frame.message, frame.transaction]).toEqual([
      name,
      vector.message,
      vector.transaction,
    ] as never);
    const message = (await decodeCtlMessage(frame.message, frame.body)) as CtlMessage;
    expect([name, vectorFields(message.fields)]).toEqual([name, vector.fields ?? {}]);
    const written = encodeFrame({ ...frame, body: await encodeCtlMessage(message) });
    expect([name, written.toHex()]).toEqual([name, vector.hex]);
  }
});

/** What we do otherwise than the original, on purpose. */
const DIFFERENT: Record<string, "closes"> = {
  // The original leaves these clients hanging; a request gets a complete reply or a close.
  "status without transaction": "closes",
  "SvcStop without transaction": "closes",
};

/** Handlers that never answer in the original are the Supervisor's business, cut bodies cannot be sent again. */
const NOT_HERE = new Set(["SvcSetCfg bad group", "SvcGetDefaultCfg, no default.toml"]);

describe("hand-made dialogues", () => {
  let server: CtlServer;
  let replies: CtlReply[] = [];
  let asked = 0;

  beforeAll(async () => {
    server = await serveCtl({
      listen: { host: "127.0.0.1", port: 0 },
      secret: SECRET,
      handshakeTimeoutMs: 150,
      async handle(_, reply) {
        asked++;
        for (const [index, message] of replies.entries())
          await (index === replies.length - 1 ? reply.complete(message) : reply.partial(message));
      },
    });
  });
  afterAll(() => server.stop(0));

  const usable = dialogues.filter(
    ({ name, dialogue }) => !NOT_HERE.has(name) && !dialogue.some(({ hex }) => hex?.endsWith("…")),
  );
  expect(usable.length).toBeGreaterThan(60);

  test.each(usable.map((dialogue) => [dialogue.name, dialogue] as const))("%s", async (name, vector) => {
    const expected = vector.dialogue
      .flatMap(({ dir, frames = [] }) => (dir === "server" ? frames : []))
      .filter(isWhole);
    asked = 0;
    replies = [];
    for (const frame of expected) {
      if (frame.transaction?.id === 0 || frame.message === "Handshake") continue;
      const { message, body } = decodeOne(Uint8Array.fromHex(frame.hex));
      replies.push((await decodeCtlMessage(message, body)) as CtlReply);
    }
    // The greeting is the server's own.
    const greeted = expected[0]?.message === "NetOk";
    if (greeted && expected[0]?.transaction?.id !== 0) replies.shift();

    const peer = new Peer();
    await peer.connect(server.address.port);
    for (const { dir, hex = "" } of vector.dialogue)
      if (dir === "client") await peer.send(Uint8Array.fromHex(hex));
    const bytes = expected.map(({ hex }) => hex).join("");
    const closes = vector.expect.server_closes || DIFFERENT[name] === "closes";
    if (name.includes("closes its side") || name.includes("then close")) peer.end();
    if (closes) await peer.ended;
    else await peer.received(bytes.length / 2);
    expect(peer.hex).toBe(bytes);
    expect(peer.hasEnded).toBe(closes);
    if (replies.length > 0) expect(asked).toBe(1);
    peer.close();
  });
});

/** A client that knows nothing of the protocol. */
class Peer {
  hex = "";
  hasEnded = false;
  readonly ended: Promise<void>;
  #end: () => void;
  #wake: () => void = () => {};
  #socket: Bun.Socket | undefined;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#end = () => {
      this.hasEnded = true;
      resolve();
    };
  }

  async connect(port: number): Promise<void> {
    this.#socket = await Bun.connect({
      hostname: "127.0.0.1",
      port,
      allowHalfOpen: true,
      socket: {
        data: (_, chunk) => {
          this.hex += chunk.toHex();
          this.#wake();
        },
        end: () => this.#end(),
        close: () => this.#end(),
        error: () => this.#end(),
      },
    });
  }

  async send(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0 && !this.hasEnded; ) {
      const taken = this.#socket?.write(rest) ?? 0;
      if (taken < 0) return;
      rest = rest.subarray(taken);
      if (rest.length > 0) await Bun.sleep(1);
    }
  }

  async received(count: number): Promise<void> {
    while (this.hex.length < count * 2 && !this.hasEnded)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
  }

  end(): void {
    this.#socket?.shutdown();
  }

  close(): void {
    this.#socket?.terminate();
  }
}
