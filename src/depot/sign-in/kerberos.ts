// Kerberos by HTTP Negotiate (RFC 4559): which principals are accounts here, and how a request brings a ticket.
import { join } from "node:path";
import { accountName } from "../names.ts";
import type { KerberosWords } from "./config.ts";
import type { TicketAcceptor } from "./gssapi.ts";

export interface Kerberos {
  readonly words: KerberosWords;
  /** The account's name and our reply for an `Authorization: Negotiate …` header; else why not. */
  accept(header: string): TicketHolder | string;
  close(): void;
}

export interface TicketHolder {
  readonly name: string;
  readonly principal: string;
  /** For `WWW-Authenticate`. */
  readonly reply: string;
}

const NEGOTIATE = /^negotiate\s+([A-Za-z0-9+/]+={0,2})$/i;

/** Throws HabError `kerberosUnusable`. */
export async function openKerberos(words: KerberosWords, dataDirectory: string): Promise<Kerberos> {
  const { openAcceptor } = await import("./gssapi.ts");
  const acceptor: TicketAcceptor = openAcceptor({
    keytab: words.keytab,
    service: words.service,
    replays: join(dataDirectory, "kerberos-replays"),
    library: words.library,
  });
  return {
    words,
    accept(header) {
      const text = NEGOTIATE.exec(header)?.[1];
      if (text === undefined) return "the header is no Negotiate";
      const acceptance = acceptor.accept(new Uint8Array(Buffer.from(text, "base64")));
      if (acceptance.kind === "refused") return acceptance.why;
      const name = accountOfPrincipal(acceptance.principal, words);
      if (name === undefined) return `${acceptance.principal} is no principal that may be an account`;
      const reply = Buffer.from(acceptance.reply).toString("base64");
      return { name, principal: acceptance.principal, reply: `Negotiate ${reply}`.trim() };
    },
    close: () => acceptor.close(),
  };
}

/**
 * `alice@EXAMPLE.COM` → `alice`, in a realm that is named. A principal with an instance (`alice/admin`, `host/…`) is another
 * one than that without, and no account.
 */
export function accountOfPrincipal(
  principal: string,
  { realms, keepRealm }: Pick<KerberosWords, "realms" | "keepRealm">,
): string | undefined {
  const at = principal.lastIndexOf("@");
  const [primary, realm] = [principal.slice(0, at), principal.slice(at + 1)];
  if (at <= 0 || !realms.includes(realm) || !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(primary)) return undefined;
  const name = keepRealm ? principal : primary;
  return accountName.safeParse(name).success ? name : undefined;
}
