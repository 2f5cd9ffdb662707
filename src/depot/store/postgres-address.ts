// What `--database postgres://…` means: server, database, TLS, and where the password comes from, which is never the
// command line, for other users of the machine see that.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { HabError } from "../../error/index.ts";
import { homeDirectory } from "../../host/index.ts";
import { depotErrors } from "../errors.ts";

export interface PostgresAddress {
  /** Without any secret, for messages. */
  readonly shown: string;
  readonly connection: {
    readonly hostname?: string;
    readonly port?: number;
    /** A socket's directory instead of a host. */
    readonly path?: string;
    readonly username: string;
    readonly database: string;
    readonly password?: () => string;
    readonly tls:
      | boolean
      | {
          /** Whose signature makes a server's certificate good; those of the system where left out. */
          readonly ca?: string;
          /** What this client shows where the server asks for a certificate. */
          readonly cert?: string;
          readonly key?: string;
          readonly rejectUnauthorized: boolean;
          /** Says what is wrong with the name in a certificate that is good; left out, it must be the host's. */
          readonly checkServerIdentity?: () => undefined;
        };
    readonly prepare: boolean;
  };
  /** Settings of each connection. */
  readonly settings: Readonly<Record<string, string>>;
  /** Connections for reading. */
  readonly connections?: number;
}

export type SecretEnvironment = Readonly<Record<string, string | undefined>>;

const DEFAULT_PORT = 5432;
const MAX_CONNECTIONS = 200;

/** Whether `text` is an address of PostgreSQL rather than something else. */
export function isPostgresUrl(text: string): boolean {
  return /^postgres(ql)?:\/\//.test(text);
}

/**
 * Reads an address. `env` gives password and files (PGPASSWORD, HAB_DEPOT_DATABASE_PASSWORD_FILE, PGPASSFILE). A
 * password inside the URL is taken only where `mayHoldPassword`: from a variable, not from the command line.
 */
export function parsePostgresUrl(
  text: string,
  env: SecretEnvironment,
  options: { readonly mayHoldPassword: boolean },
): PostgresAddress {
  const url = parse(text);
  if (url.password !== "" && !options.mayHoldPassword)
    throw new HabError(
      depotErrors.databaseAddressInvalid,
      "a password on the command line can be seen by every user of this machine",
      {
        next: "Put it into PGPASSWORD, into a file named by HAB_DEPOT_DATABASE_PASSWORD_FILE, or into ~/.pgpass",
      },
    );
  const parameters = url.searchParams;
  for (const name of parameters.keys())
    if (
      !["sslmode", "sslrootcert", "sslcert", "sslkey", "connections", "schema", "prepare", "host"].includes(
        name,
      )
    )
      throw invalid(`the parameter ${name} is not known`);
  const socket = parameters.get("host") ?? undefined;
  const hostname = url.hostname === "" ? undefined : url.hostname.replace(/^\[|\]$/g, "");
  if (socket === undefined && hostname === undefined) throw invalid("it names no host");
  const port = url.port === "" ? DEFAULT_PORT : Number(url.port);
  const username = decodeURIComponent(url.username) || (env["PGUSER"] ?? "hab");
  const database = decodeURIComponent(url.pathname.slice(1)) || "depot";
  const schema = parameters.get("schema");
  if (schema !== null && !/^[a-z_][a-z0-9_]{0,62}$/.test(schema))
    throw invalid("the schema is no plain name");
  const inUrl = decodeURIComponent(url.password);
  const password = (): string =>
    inUrl !== "" ? inUrl : passwordFrom(env, { host: socket ?? hostname ?? "", port, database, username });
  // A file that is not there is found out now, not with the first connection.
  password();
  return {
    shown: `postgres://${username}@${socket ?? hostname}:${port}/${database}`,
    connection: {
      ...(socket === undefined
        ? { hostname: hostname as string, port }
        : { path: `${socket}/.s.PGSQL.${port}` }),
      username,
      database,
      password,
      tls: tlsFor(parameters, socket, hostname),
      prepare: parameters.get("prepare") !== "false",
    },
    settings: schema === null ? {} : { search_path: schema },
    ...(parameters.has("connections") && { connections: connectionsFrom(parameters.get("connections")) }),
  };
}

function parse(text: string): URL {
  try {
    return new URL(text);
  } catch (cause) {
    throw new HabError(depotErrors.databaseAddressInvalid, "the address of the database is not a URL", {
      cause,
    });
  }
}

function invalid(why: string): HabError {
  return new HabError(
    depotErrors.databaseAddressInvalid,
    `the address of the database cannot be used: ${why}`,
  );
}

function connectionsFrom(text: string | null): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > MAX_CONNECTIONS)
    throw invalid(`connections is to be a number from 1 to ${MAX_CONNECTIONS}`);
  return count;
}

/** Over a network the server proves who it is, unless the address says otherwise. */
function tlsFor(
  parameters: URLSearchParams,
  socket: string | undefined,
  hostname: string | undefined,
): PostgresAddress["connection"]["tls"] {
  const isLocal = socket !== undefined || /^(localhost|127\.[0-9.]+|::1)$/.test(hostname ?? "");
  const root = pemOf(parameters, "sslrootcert");
  const [cert, key] = [pemOf(parameters, "sslcert"), pemOf(parameters, "sslkey")];
  const asksForTls = root !== undefined || cert !== undefined;
  const mode = parameters.get("sslmode") ?? (isLocal && !asksForTls ? "disable" : "verify-full");
  if ((cert === undefined) !== (key === undefined)) throw invalid("sslcert and sslkey belong together");
  const own = cert !== undefined && key !== undefined ? { cert, key } : {};
  const checked = { ...own, ...(root !== undefined && { ca: root }), rejectUnauthorized: true };
  // Who names an authority means the server to be checked by it: libpq has require do so then, this does not guess.
  if (root !== undefined && !mode.startsWith("verify-"))
    throw invalid(`sslmode=${mode} checks no certificate: with sslrootcert, say verify-full or verify-ca`);
  switch (mode) {
    case "disable":
      if (cert !== undefined)
        throw invalid("sslmode=disable shows no certificate: leave out sslcert and sslkey");
      return false;
    case "require":
      return { ...own, rejectUnauthorized: false };
    case "verify-ca":
      // Without a name any server of the world's authorities would do.
      if (root === undefined) throw invalid("sslmode=verify-ca needs sslrootcert");
      return { ...checked, checkServerIdentity: () => undefined };
    case "verify-full":
      return checked;
    case "allow":
    case "prefer":
      throw invalid(`sslmode=${mode} would talk in clear to whoever asks for it: say disable or verify-full`);
    default:
      throw invalid("sslmode is to be disable, require, verify-ca or verify-full");
  }
}

/** The text of a file that a parameter names: what is missing or no PEM is found out now. */
function pemOf(parameters: URLSearchParams, name: string): string | undefined {
  const path = parameters.get(name);
  if (path === null) return undefined;
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new HabError(depotErrors.databaseAddressInvalid, `cannot read ${path}, which is named as ${name}`, {
      cause,
    });
  }
  // As libpq: root's keys may be for a group.
  const { mode, uid } = statSync(path);
  if (name === "sslkey" && (mode & (uid === 0 ? 0o037 : 0o077)) !== 0)
    throw invalid(`${path} is a key that others can read: chmod 600 ${path}`);
  if (!text.includes("-----BEGIN ")) throw invalid(`${path}, which is named as ${name}, is no PEM file`);
  return text;
}

function passwordFrom(
  env: SecretEnvironment,
  server: {
    readonly host: string;
    readonly port: number;
    readonly database: string;
    readonly username: string;
  },
): string {
  const file = env["HAB_DEPOT_DATABASE_PASSWORD_FILE"];
  if (file !== undefined && file !== "") return passwordFile(file);
  if (env["PGPASSWORD"] !== undefined) return env["PGPASSWORD"];
  const home = homeDirectory(env);
  const path = env["PGPASSFILE"] ?? (home === undefined ? undefined : join(home, ".pgpass"));
  if (path === undefined) return "";
  try {
    return passwordOfLine(readFileSync(path, "utf8"), server) ?? "";
  } catch {
    return "";
  }
}

function passwordFile(path: string): string {
  try {
    return readFileSync(path, "utf8").replace(/\r?\n$/, "");
  } catch (cause) {
    throw new HabError(depotErrors.databaseAddressInvalid, `cannot read the password file ${path}`, {
      cause,
    });
  }
}

/** The first line of a password file that fits, as libpq reads it: `host:port:database:user:password`. */
function passwordOfLine(
  text: string,
  { host, port, database, username }: { host: string; port: number; database: string; username: string },
): string | undefined {
  const wanted = [host, String(port), database, username];
  for (const line of text.split("\n")) {
    if (line.startsWith("#")) continue;
    const fields = line.match(/(?:\\.|[^:\\])+/g)?.map((field) => field.replace(/\\(.)/g, "$1")) ?? [];
    if (
      fields.length === 5 &&
      wanted.every((value, index) => fields[index] === "*" || fields[index] === value)
    )
      return fields[4];
  }
  return undefined;
}
