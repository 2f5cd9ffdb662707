// The address of an event stream's server: `[nats://][user:pass@|token@]host[:port]` (reference/supervisor.md §17).
import { HabError } from "../../error/index.ts";
import { supervisorErrors } from "../errors.ts";

export const NATS_PORT = 4222;

export type NatsLogin =
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "user"; readonly user: string; readonly password: string };

export interface NatsAddress {
  readonly host: string;
  readonly port: number;
  /** From the address itself; goes before the token option. */
  readonly login?: NatsLogin;
}

const ADDRESS =
  /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:([^@/]*)@)?(\[[0-9a-f:.]+\]|[^:@/[\]\s]+)(?::(\d{1,5}))?\/?$/i;

/** Throws `badOption`; the message holds no token and no password. */
export function parseNatsAddress(text: string): NatsAddress {
  const [, scheme, login, host, digits] = ADDRESS.exec(text) ?? [];
  const port = digits === undefined ? NATS_PORT : Number(digits);
  if (host === undefined || port < 1 || port > 65_535 || !["nats", undefined].includes(scheme?.toLowerCase()))
    throw new HabError(
      supervisorErrors.badOption,
      "--event-stream-url is no address of a NATS server: write [nats://][USER:PASSWORD@|TOKEN@]HOST[:PORT]",
    );
  return {
    host: host.replace(/^\[(.*)\]$/, "$1"),
    port,
    ...(login === undefined || login === "" ? {} : { login: parseLogin(login) }),
  };
}

function parseLogin(text: string): NatsLogin {
  const colon = text.indexOf(":");
  return colon < 0
    ? { kind: "token", token: text }
    : { kind: "user", user: text.slice(0, colon), password: text.slice(colon + 1) };
}
