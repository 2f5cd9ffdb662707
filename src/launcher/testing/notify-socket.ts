// The socket of a service manager, for tests: what systemd binds and names in NOTIFY_SOCKET.
import { dlopen, ptr } from "bun:ffi";

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;

export class NotifySocket {
  /** Each line of each notice, in order. */
  readonly lines: string[] = [];
  readonly #libc = dlopen("libc.so.6", {
    socket: { args: ["i32", "i32", "i32"], returns: "i32" },
    bind: { args: ["i32", "ptr", "u32"], returns: "i32" },
    recv: { args: ["i32", "ptr", "u64", "i32"], returns: "i64" },
    close: { args: ["i32"], returns: "i32" },
  });
  readonly #descriptor: number;

  /** `address` is a path, or `@name` in the abstract namespace. */
  constructor(address: string) {
    const name = address.startsWith("@") ? `\0${address.slice(1)}` : `${address}\0`;
    const bytes = Buffer.from(`\0\0${name}`, "latin1");
    bytes.writeUInt16LE(AF_UNIX);
    this.#descriptor = this.#libc.symbols.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (this.#libc.symbols.bind(this.#descriptor, ptr(bytes), bytes.length) !== 0)
      throw new Error(`cannot bind ${address}`);
  }

  /** Reads what has come; answers all lines so far. */
  read(): readonly string[] {
    const buffer = Buffer.alloc(4096);
    for (;;) {
      const size = Number(
        this.#libc.symbols.recv(this.#descriptor, ptr(buffer), buffer.length, MSG_DONTWAIT),
      );
      if (size < 0) return this.lines;
      this.lines.push(...buffer.subarray(0, size).toString().split("\n"));
    }
  }

  /** Resolves when this line has come `count` times. */
  async hears(line: string | RegExp, count = 1): Promise<void> {
    const fits = (text: string) => (typeof line === "string" ? text === line : line.test(text));
    while (this.read().filter(fits).length < count) await Bun.sleep(5);
  }

  close(): void {
    this.#libc.symbols.close(this.#descriptor);
    this.#libc.close();
  }
}
