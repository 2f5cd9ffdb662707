// What the text of a key file says it is (reference/depot-api.md §12): enough to know where it goes; the depot checks it.

export interface KeyPlace {
  readonly kind: "public" | "secret";
  readonly origin: string;
  readonly revision: string;
}

const KINDS: Readonly<Record<string, KeyPlace["kind"]>> = { "SIG-PUB-1": "public", "SIG-SEC-1": "secret" };

export function keyPlace(text: string): KeyPlace | undefined {
  const [version = "", name = "", gap = "x", body = ""] = text.trim().split(/\r?\n/);
  const kind = KINDS[version.trim()];
  const named = /^(.+)-(\d{14})$/.exec(name.trim());
  if (kind === undefined || named === null || gap.trim() !== "" || body.trim() === "") return undefined;
  return { kind, origin: named[1] ?? "", revision: named[2] ?? "" };
}
