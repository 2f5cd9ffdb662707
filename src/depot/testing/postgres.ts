// For tests: a real PostgreSQL of this machine's packages in a directory of its own, on loopback.
import {
  appendFileSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SQL } from "bun";
import { selfSignedCertificate } from "../../crypto/index.ts";
import { temporaryDirectory } from "./directory.ts";
import { freePort } from "./free-port.ts";

const PROGRAMS = "/usr/lib/postgresql";

export interface TestPostgres {
  readonly port: number;
  /** The server's first process. */
  readonly pid: number;
  /** File of the certificate (PEM) with which it answers to TLS as `localhost`; it has signed itself. */
  readonly certificate: string;
  /** A database of its own, as the address for `--database`. `options` go to `create database`. */
  database(options?: string): Promise<string>;
  /** A query as the server's administrator; with a database's address in that database. */
  admin(text: string, address?: string): Promise<Record<string, unknown>[]>;
  /** Stops it at once, as a power cut would, and starts it again on the same data. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

/** Where the server's programs are; undefined when it is not installed. */
export function postgresPrograms(): string | undefined {
  try {
    const version = readdirSync(PROGRAMS)
      .filter((name) => /^[0-9]+$/.test(name))
      .sort((one, other) => Number(one) - Number(other))
      .at(-1);
    return version === undefined ? undefined : join(PROGRAMS, version, "bin");
  } catch {
    return undefined;
  }
}

/** Waits until `isReady` gives true; throws what `whenNot` says after two minutes. */
export async function waitUntil(isReady: () => Promise<boolean>, whenNot: () => string): Promise<void> {
  const until = Date.now() + 120_000;
  while (!(await isReady())) {
    if (Date.now() > until) throw new Error(whenNot());
    await Bun.sleep(20);
  }
}

/** Runs as the user `postgres` where we are root, whom the server refuses. */
function unprivileged(command: readonly string[]): string[] {
  if (process.getuid?.() !== 0) return [...command];
  return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", ...command];
}

/** With `keptIn` its data stay in that directory, for another start there; else they go when it stops. */
export async function startPostgres(
  settings: Readonly<Record<string, string>> = {},
  keptIn?: string,
): Promise<TestPostgres> {
  const programs = postgresPrograms();
  if (programs === undefined) throw new Error("PostgreSQL is not installed: script/bootstrap --test");
  // A server that may forget what it was told, in a crash of the machine, needs no disk.
  const root =
    keptIn ??
    (settings["fsync"] === "off"
      ? temporaryDirectory("hab-postgres-")
      : mkdtempSync(join(tmpdir(), "hab-postgres-")));
  mkdirSync(root, { recursive: true });
  const certificate = join(root, "server.crt.pem");
  const key = join(root, "server.key.pem");
  const day = 86_400_000;
  const made = selfSignedCertificate({
    organization: "test",
    dnsNames: ["localhost"],
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + day),
  });
  writeFileSync(certificate, made.certificate);
  writeFileSync(key, made.key, { mode: 0o600 });
  if (process.getuid?.() === 0) {
    const [uid, gid] = ["-u", "-g"].map((which) =>
      Number(Bun.spawnSync(["id", which, "postgres"]).stdout.toString()),
    );
    for (const path of [root, certificate, key]) chownSync(path, uid as number, gid as number);
  }
  const data = join(root, "data");
  const isNew = !existsSync(data);
  // A locale whose order is not that of bytes, if there is one, would be a harder test; C.UTF-8 is always there.
  if (isNew) {
    const initialised = Bun.spawnSync(
      unprivileged([
        join(programs, "initdb"),
        ...["-A", "trust", "-U", "postgres", "--no-sync", "--locale=C.UTF-8", "-E", "UTF8", "-D", data],
      ]),
      { cwd: "/", stdout: "ignore", stderr: "pipe" },
    );
    if (initialised.exitCode !== 0) throw new Error(`initdb: ${initialised.stderr}`);
    // In its file, so that it can be changed while the server runs (`alter system`).
    appendFileSync(
      join(data, "postgresql.conf"),
      `ssl = on\nssl_cert_file = '${certificate}'\nssl_key_file = '${key}'\n`,
    );
  }
  const port = freePort();
  const all = { shared_buffers: "32MB", max_connections: "100", ...settings };
  const words = Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const start = (): Bun.Subprocess =>
    Bun.spawn(
      unprivileged([
        join(programs, "postgres"),
        ...["-D", data, "-h", "127.0.0.1", "-p", String(port), "-k", root, ...words],
      ]),
      { cwd: "/", stdin: "ignore", stdout: "ignore", stderr: Bun.file(join(root, "log")) },
    );
  let server = start();
  const admin = async (text: string, address?: string): Promise<Record<string, unknown>[]> => {
    const url = new URL(address ?? `postgres://127.0.0.1:${port}/postgres`);
    const sql = new SQL({
      adapter: "postgres",
      hostname: "127.0.0.1",
      port,
      username: "postgres",
      password: "",
      database: url.pathname.slice(1),
      tls: false,
      max: 1,
    });
    try {
      return await sql.unsafe(text);
    } finally {
      await sql.close();
    }
  };
  const ready = (): Promise<void> =>
    waitUntil(
      async () => {
        if (server.exitCode !== null) throw new Error(`PostgreSQL ended: see ${root}/log`);
        return await admin("select 1").then(
          () => true,
          () => false,
        );
      },
      () => `PostgreSQL is not ready: see ${root}/log`,
    );
  await ready();
  let databases = 0;
  return {
    port,
    get pid() {
      return server.pid;
    },
    certificate,
    admin,
    async database(options = "") {
      databases++;
      const name = `depot${databases}_${process.pid}_${Date.now()}`;
      await admin(`create database ${name} ${options}`);
      return `postgres://postgres@127.0.0.1:${port}/${name}`;
    },
    async crash() {
      server.kill("SIGQUIT");
      await server.exited;
      server = start();
      await ready();
    },
    async stop() {
      server.kill("SIGQUIT");
      await server.exited;
      if (keptIn === undefined) rmSync(root, { recursive: true, force: true });
    },
  };
}
