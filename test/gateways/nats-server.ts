// Debian's nats-server for tests, and a subscriber that only listens.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectTcp, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";

const PROGRAM = ["/usr/sbin/nats-server", "/usr/bin/nats-server"].find((path) => Bun.file(path).size > 0);

export class NatsServer {
  readonly #process: Bun.Subprocess;
  readonly #directory: string;
  readonly port: number;
  readonly #token: string;
  readonly #ca: string | undefined;

  private constructor(process: Bun.Subprocess, directory: string, port: number, token: string, ca?: string) {
    this.#process = process;
    this.#directory = directory;
    this.port = port;
    this.#token = token;
    this.#ca = ca;
  }

  static async start(
    port: number,
    token: string,
    tls?: { readonly certificate: string; readonly key: string },
  ): Promise<NatsServer> {
    if (PROGRAM === undefined) throw new Error("nats-server is missing: run script/bootstrap --test");
    const directory = mkdtempSync(join(tmpdir(), "hab-nats-"));
    const files = { cert: join(directory, "cert.pem"), key: join(directory, "key.pem") };
    if (tls !== undefined) {
      writeFileSync(files.cert, tls.certificate);
      writeFileSync(files.key, tls.key, { mode: 0o600 });
    }
    const child = Bun.spawn(
      [
        PROGRAM,
        ...["-a", "127.0.0.1", "-p", String(port), "--auth", token],
        ...(tls === undefined ? [] : ["--tls", "--tlscert", files.cert, "--tlskey", files.key]),
      ],
      { stdin: "ignore", stdout: "ignore", stderr: "ignore" },
    );
    for (;;) {
      const up = await new Promise<boolean>((resolve) => {
        const socket = connectTcp(port, "127.0.0.1");
        socket.once("data", () => resolve(true));
        socket.once("error", () => resolve(false));
        socket.once("close", () => resolve(false));
        socket.once("data", () => socket.destroy());
      });
      if (up) return new NatsServer(child, directory, port, token, tls?.certificate);
      if (child.exitCode !== null) throw new Error("nats-server ended");
      await Bun.sleep(10);
    }
  }

  async stop(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.exited;
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** Collects what is published on `habitat.event.*`; resolves once the server knows. */
  async listen(): Promise<{ readonly messages: { subject: string; payload: Uint8Array }[]; close(): void }> {
    const messages: { subject: string; payload: Uint8Array }[] = [];
    let socket: Socket = connectTcp(this.port, "127.0.0.1");
    socket.on("error", () => {});
    await new Promise((resolve) => socket.once("data", resolve));
    if (this.#ca !== undefined) {
      socket.removeAllListeners("data");
      const secure = connectTls({ socket, ca: this.#ca, servername: "localhost" });
      await new Promise((resolve) => secure.once("secureConnect", resolve));
      socket = secure;
      socket.on("error", () => {});
    }
    let buffer = Buffer.alloc(0);
    const known = Promise.withResolvers<void>();
    socket.on("data", (chunk: Buffer) => {
      buffer = Buffer.concat([buffer, chunk]);
      for (let end = buffer.indexOf("\r\n"); end >= 0; end = buffer.indexOf("\r\n")) {
        const [word, subject = "", , length] = buffer.subarray(0, end).toString().split(" ");
        if (word === "MSG") {
          const size = Number(length);
          if (buffer.length < end + 2 + size + 2) return;
          messages.push({ subject, payload: Uint8Array.from(buffer.subarray(end + 2, end + 2 + size)) });
          buffer = buffer.subarray(end + 2 + size + 2);
        } else {
          if (word === "PONG") known.resolve();
          if (word === "PING") socket.write("PONG\r\n");
          buffer = buffer.subarray(end + 2);
        }
      }
    });
    const login = JSON.stringify({ verbose: false, auth_token: this.#token });
    socket.write(`CONNECT ${login}\r\nSUB habitat.event.* 1\r\nPING\r\n`);
    await known.promise;
    return { messages, close: () => socket.destroy() };
  }
}
