// Where webhooks may go: whoever may set one up must not reach, through the depot, what only the depot can reach (its own
// machine, the network around it, a cloud's metadata). Names are resolved here, once, and the connection goes to exactly
// the address that was looked at, so a name cannot change its meaning in between.
import { promises as dns, type LookupAddress } from "node:dns";
import { BlockList, isIP } from "node:net";
import { describeError, HabError } from "../../error/index.ts";
import { depotErrors } from "../errors.ts";

/** Not for everybody (RFC 6890 and its successors): nothing a webhook of the public has to do with. */
const SPECIAL_IPV4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
] as const;

/** Of IPv6 only this is handed out; within it, what stands for IPv4 or for nobody is left out. */
const GLOBAL_IPV6 = "2000::/3";
const SPECIAL_IPV6 = ["2001::/32", "2001:db8::/32", "2002::/16", "3fff::/20"] as const;

/** Which addresses webhooks may go to. */
export interface WebhookTargets {
  /** Whether one may be sent to this IPv4 or IPv6 address. */
  allows(address: string): boolean;
}

const special = blockList([...SPECIAL_IPV4, ...SPECIAL_IPV6]);
const global = blockList([GLOBAL_IPV6]);

function isPublic(address: string): boolean {
  const mapped = /^::ffff:([0-9.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return isPublic(mapped);
  if (isIP(address) === 4) return !special.check(address, "ipv4");
  return isIP(address) === 6 && global.check(address, "ipv6") && !special.check(address, "ipv6");
}

/** Only public addresses. */
export const PUBLIC_TARGETS: WebhookTargets = { allows: isPublic };

/**
 * Reads `public`, `any`, `none`, or networks (`10.1.0.0/16,fd00::/8`) that are allowed besides public addresses. Throws
 * HabError `webhookTargetsInvalid`.
 */
export function parseWebhookTargets(words: string): WebhookTargets {
  const all = words.split(",").map((word) => word.trim());
  if (all.length === 1 && all[0] === "public") return PUBLIC_TARGETS;
  if (all.length === 1 && all[0] === "none") return { allows: () => false };
  if (all.length === 1 && all[0] === "any") return { allows: (address) => isIP(address) !== 0 };
  let allowed: BlockList;
  try {
    allowed = blockList(all);
  } catch (cause) {
    throw new HabError(
      depotErrors.webhookTargetsInvalid,
      `"${words}" does not say where webhooks may go: ${describeError(cause)}`,
      { cause },
    );
  }
  return {
    allows(address) {
      const plain = /^::ffff:([0-9.]+)$/i.exec(address)?.[1] ?? address;
      const family = isIP(plain);
      if (family === 0) return false;
      return isPublic(plain) || allowed.check(plain, family === 4 ? "ipv4" : "ipv6");
    },
  };
}

/** Throws RangeError for what is no network. */
function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", bits] = network.split("/");
    const family = isIP(address);
    const most = family === 4 ? 32 : 128;
    const prefix = bits === undefined ? most : Number(bits);
    if (family === 0 || !/^[0-9]{1,3}$/.test(bits ?? "0") || prefix > most)
      throw new RangeError(`"${network}" is no network such as 10.0.0.0/8`);
    list.addSubnet(address, prefix, family === 4 ? "ipv4" : "ipv6");
  }
  return list;
}

/** The URL of a webhook, if it can be one. Throws HabError `webhookRefused` with what is wrong. */
export function webhookUrl(text: string, targets: WebhookTargets): URL {
  const refused = (why: string): HabError => new HabError(depotErrors.webhookRefused, why);
  if (!URL.canParse(text)) throw refused("it is no URL");
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") throw refused("it is neither http nor https");
  if (url.username !== "" || url.password !== "")
    throw refused("it holds a password; use the secret instead");
  if (url.hash !== "") throw refused("it has a fragment, which is never sent");
  const literal = addressIn(url);
  if (literal !== undefined && !targets.allows(literal)) throw refused(notAllowed(literal));
  return url;
}

/** The address that stands in a URL in place of a name. The URL parser has brought it into its usual form. */
function addressIn({ hostname }: URL): string | undefined {
  const bare = hostname.replace(/^\[|\]$/g, "");
  return isIP(bare) === 0 ? undefined : bare;
}

function notAllowed(address: string): string {
  return `webhooks may not go to ${address}: the depot's operator allows it with --webhook-targets`;
}

/** The address to connect to: the one in the URL, or the first of its name. Throws HabError `webhookRefused`. */
export async function addressOf(url: URL, targets: WebhookTargets): Promise<LookupAddress> {
  const literal = addressIn(url);
  const addresses =
    literal === undefined
      ? await dns.lookup(url.hostname, { all: true })
      : [{ address: literal, family: isIP(literal) }];
  // One that is not allowed spoils them all: the next question might be answered with that one alone.
  const wrong = addresses.find(({ address }) => !targets.allows(address));
  if (wrong !== undefined) throw new HabError(depotErrors.webhookRefused, notAllowed(wrong.address));
  const [first] = addresses;
  if (first === undefined) throw new HabError(depotErrors.webhookRefused, `${url.hostname} has no address`);
  return first;
}
