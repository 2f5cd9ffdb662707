// Groups of databases of plans/ that elect their primary, as tests see them from outside: who is the primary, what each member
// has, and a client that counts what it was told is written (counting-client.ts).
import { expect } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { selfSignedCertificate } from "../../src/crypto/index.ts";
import { type BackgroundProcess, PROJECT } from "./machine.ts";
import { Network } from "./network.ts";
import { askRedis, type Reply } from "./redis-client.ts";
import type { ServiceRing } from "./service-ring.ts";

export interface DatabaseGroup {
  readonly service: "redis" | "postgresql" | "mariadb";
  /** What the group is told before it is loaded. */
  readonly configuration: string;
  /** What a client says. */
  readonly password: string;
  /** The one of these members that takes writes, when all others follow it. Undefined or a throw: not yet. */
  readonly primary: (ring: ServiceRing, members: readonly number[]) => Promise<number | undefined>;
  /** The numbers of the counting client that a member has. */
  readonly numbers: (ring: ServiceRing, member: number) => Promise<number[]>;
}

/** Between members, where it has to be quoted. */
const REPLICATION = `[replication]\npassword = 'between \\ members: "2"'\n`;
const PASSWORD = "the application's";
const SECONDS_TO_CONNECT = "5";

/** What a member's PostgreSQL answers to the superuser. */
export async function askPostgresql(
  ring: ServiceRing,
  member: number,
  query: string,
  database = "postgres",
): Promise<string> {
  const psql = ring.program("postgresql", "lib/postgresql/15/bin/psql");
  const words = [
    "--host",
    "/hab/svc/postgresql/var",
    "--username",
    "postgres",
    "--no-align",
    "--tuples-only",
  ];
  const { stdout } = await ring.run(member, [psql, ...words, "--dbname", database, "--command", query], {
    env: { PGCONNECT_TIMEOUT: SECONDS_TO_CONNECT },
  });
  return stdout.trim();
}

/** What a member's MariaDB answers to root. */
export async function askMariadb(ring: ServiceRing, member: number, query: string): Promise<string> {
  const words = [
    "--no-defaults",
    "--socket",
    "/hab/svc/mariadb/var/mariadbd.sock",
    "--batch",
    "--skip-column-names",
  ];
  const { stdout } = await ring.run(member, [
    ring.program("mariadb", "bin/mariadb"),
    ...words,
    "--execute",
    query,
  ]);
  return stdout.trim();
}

/** What a member's Redis answers to the last of the commands. */
export async function askRedisOf(
  ring: ServiceRing,
  member: number,
  ...commands: readonly (string | readonly string[])[]
): Promise<Reply | undefined> {
  const [allowed, ...replies] = await askRedis(ring.network, member, ["AUTH", PASSWORD], ...commands);
  if (allowed !== "OK") throw new Error(String(allowed));
  return replies.at(-1);
}

/** What Redis says of its replication: role, master_host, master_link_status, connected_slaves, … */
export async function redisReplication(ring: ServiceRing, member: number): Promise<Record<string, string>> {
  const lines = String(await askRedisOf(ring, member, "INFO replication")).split("\r\n");
  return Object.fromEntries(lines.filter((line) => line.includes(":")).map((line) => line.split(/:(.*)/)));
}

export const POSTGRESQL: DatabaseGroup = {
  service: "postgresql",
  configuration: `listen = "*"\n[application]\npassword = "${PASSWORD}"\n${REPLICATION}synchronous = 1\n`,
  password: PASSWORD,
  async primary(ring, members) {
    const recover = await Promise.all(
      members.map((member) => askPostgresql(ring, member, "select pg_is_in_recovery()")),
    );
    const primary = only(members.filter((_, index) => recover[index] === "f"));
    if (primary === undefined) return undefined;
    const query = "select count(*) from pg_stat_replication where state = 'streaming'";
    return Number(await askPostgresql(ring, primary, query)) === members.length - 1 ? primary : undefined;
  },
  numbers: async (ring, member) =>
    numbersIn(await askPostgresql(ring, member, "select number from ledger", "application")),
};

export const MARIADB: DatabaseGroup = {
  service: "mariadb",
  configuration: `listen = "0.0.0.0"\n[application]\npassword = "${PASSWORD}"\n${REPLICATION}`,
  password: PASSWORD,
  async primary(ring, members) {
    const readOnly = await Promise.all(
      members.map((member) => askMariadb(ring, member, "select @@read_only")),
    );
    const primary = only(members.filter((_, index) => readOnly[index] === "0"));
    if (primary === undefined) return undefined;
    const replicas = members.filter((member) => member !== primary);
    const said = await Promise.all(replicas.map((member) => askMariadb(ring, member, "show slave status")));
    const from = `\t${Network.address(primary)}\t`;
    return said.every((line) => line.includes(from) && line.split("\tYes\tYes\t").length === 2)
      ? primary
      : undefined;
  },
  numbers: async (ring, member) =>
    numbersIn(await askMariadb(ring, member, "select number from application.ledger")),
};

export const REDIS: DatabaseGroup = {
  service: "redis",
  configuration: `bind = "0.0.0.0"\npassword = "${PASSWORD}"\nmin_replicas_to_write = 1\nmin_replicas_max_lag = 2\n`,
  password: PASSWORD,
  async primary(ring, members) {
    const said = await Promise.all(members.map((member) => redisReplication(ring, member)));
    const primary = only(members.filter((_, index) => said[index]?.["role"] === "master"));
    if (primary === undefined) return undefined;
    const hearing = said.filter(
      ({ role, master_host, master_link_status }) =>
        role === "slave" && master_host === Network.address(primary) && master_link_status === "up",
    );
    return hearing.length === members.length - 1 ? primary : undefined;
  },
  async numbers(ring, member) {
    const found = await askRedisOf(ring, member, "SMEMBERS ledger");
    return Array.isArray(found) ? found.map(Number) : [];
  },
};

function only(members: readonly number[]): number | undefined {
  return members.length === 1 ? members[0] : undefined;
}

function numbersIn(text: string): number[] {
  return text === "" ? [] : text.split("\n").map(Number);
}

/** Loads the group on all members of the ring; its Supervisors run. */
export async function loadGroup(
  ring: ServiceRing,
  { service, configuration }: DatabaseGroup,
  ...words: readonly string[]
): Promise<void> {
  // Said to the group before there is one.
  await ring.apply(service, configuration);
  await ring.load(service, ring.members, "--topology", "leader", ...words);
}

const HOUR_MS = 3_600_000;

/** Gives the group a certificate and its key, as the README files of the plans say; `more` goes to its `[tls]`. */
export async function giveCertificate(
  ring: ServiceRing,
  { service, configuration }: DatabaseGroup,
  more = "",
): Promise<void> {
  const { certificate, key } = selfSignedCertificate({
    organization: "test",
    dnsNames: [service],
    notBefore: new Date(Date.now() - HOUR_MS),
    notAfter: new Date(Date.now() + HOUR_MS),
  });
  for (const [version, [name, text]] of Object.entries({
    "server.pem": certificate,
    "server.key": key,
  }).entries()) {
    const path = ring.file(0, name);
    writeFileSync(path, text, { mode: 0o600 });
    await ring.run(0, ["hab", "file", "upload", `${service}.default`, String(version + 1), `/hab/${name}`]);
    rmSync(path);
  }
  const files = `/hab/svc/${service}/files`;
  await ring.apply(
    service,
    `${configuration}[tls]\ncertificate = "${files}/server.pem"\nkey = "${files}/server.key"\n${more}`,
  );
}

/** Waits until one of the members is the primary and all others follow it; gives its number. */
export function untilReplicated(
  ring: ServiceRing,
  group: DatabaseGroup,
  members: readonly number[] = ring.members,
): Promise<number> {
  return ring.until(`members ${members} of ${group.service} are one primary and those that follow it`, () =>
    group.primary(ring, members),
  );
}

export class CountingClient {
  readonly #ring: ServiceRing;
  readonly #group: DatabaseGroup;
  readonly #process: BackgroundProcess;

  /** Begins to write, from a machine of the ring's network. */
  constructor(ring: ServiceRing, group: DatabaseGroup, machine: number) {
    this.#ring = ring;
    this.#group = group;
    const addresses = ring.members.map(Network.address);
    const program = join(PROJECT, "test/end-to-end/counting-client.ts");
    this.#process = ring
      .machine(machine)
      .background([process.execPath, program, group.service, group.password, ...addresses]);
  }

  /** The numbers that it was told are written. */
  acknowledged(): number[] {
    return [...this.#process.output().matchAll(/^acknowledged (\d+)\n/gm)].map(([, number]) =>
      Number(number),
    );
  }

  /** Waits until some more is acknowledged, by any member or by this one. */
  async untilMoreIsWritten(member?: number): Promise<void> {
    const before = this.#process.output().length;
    await this.#ring.until(
      "the client's writes are acknowledged",
      () => {
        const output = this.#process.output();
        const last = output.lastIndexOf("writes to");
        const there =
          member === undefined || last === output.lastIndexOf(`writes to ${Network.address(member)}\n`);
        return there && [...output.slice(before).matchAll(/^acknowledged /gm)].length >= 20;
      },
      { also: () => this.#process.output() },
    );
  }

  /** Everything that was acknowledged so far is on all members. */
  async expectNothingIsLost(): Promise<void> {
    const told = this.acknowledged();
    const newest = told.at(-1) ?? 0;
    expect(newest).toBeGreaterThan(0);
    const { service, numbers } = this.#group;
    const members = await this.#ring.until(
      `all members of ${service} have what was acknowledged last`,
      async () => {
        const each = await Promise.all(this.#ring.members.map((member) => numbers(this.#ring, member)));
        return each.every((one) => one.includes(newest)) ? each : undefined;
      },
    );
    for (const written of members.map((each) => new Set(each)))
      expect(told.filter((number) => !written.has(number))).toEqual([]);
    // Those that nobody was told of are on all or on none.
    const upToNewest = members.map((each) => each.filter((number) => number <= newest).sort((a, b) => a - b));
    for (const one of upToNewest) expect(one).toEqual(upToNewest[0] ?? []);
  }

  /** Ends it. */
  stop(): Promise<void> {
    return this.#process.kill();
  }
}
