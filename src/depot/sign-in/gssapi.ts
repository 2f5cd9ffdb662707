// Accepts Kerberos tickets by the system's GSSAPI library (RFC 2743, RFC 2744 for C; SPNEGO is RFC 4178), opened by ffi when
// the operator asks for Kerberos. The library checks the ticket with the key of the keytab; nothing here asks a network.
import { dlopen, type Pointer, ptr, toArrayBuffer } from "bun:ffi";
import { describeError, HabError } from "../../error/index.ts";
import { depotErrors } from "../errors.ts";

const SYSTEM_LIBRARY = "libgssapi_krb5.so.2";

const SYMBOLS = {
  gss_import_name: { args: ["ptr", "ptr", "ptr", "ptr"], returns: "u32" },
  gss_acquire_cred_from: {
    args: ["ptr", "ptr", "u32", "ptr", "i32", "ptr", "ptr", "ptr", "ptr"],
    returns: "u32",
  },
  gss_accept_sec_context: {
    args: ["ptr", "ptr", "ptr", "ptr", "ptr", "ptr", "ptr", "ptr", "ptr", "ptr", "ptr"],
    returns: "u32",
  },
  gss_display_name: { args: ["ptr", "ptr", "ptr", "ptr"], returns: "u32" },
  gss_display_status: { args: ["ptr", "u32", "i32", "ptr", "ptr", "ptr"], returns: "u32" },
  gss_release_buffer: { args: ["ptr", "ptr"], returns: "u32" },
  gss_release_name: { args: ["ptr", "ptr"], returns: "u32" },
  gss_release_cred: { args: ["ptr", "ptr"], returns: "u32" },
  gss_delete_sec_context: { args: ["ptr", "ptr", "ptr"], returns: "u32" },
} as const;

type Library = ReturnType<typeof dlopen<typeof SYMBOLS>>["symbols"];

/** GSS_C_ACCEPT, GSS_C_GSS_CODE and GSS_C_MECH_CODE of the header. */
const ACCEPT = 2;
const GSS_CODE = 1;
const MECHANISM_CODE = 2;

/** Routine and calling errors are the upper half of a status; in the lower one, the first bit says that more is to come. */
const ERRORS = 0xffff_0000;
const CONTINUE_NEEDED = 1;

/** 1.2.840.113554.1.2.1.4: a service, with or without its host. */
const HOST_BASED_SERVICE = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x01, 0x04];
/** 1.2.840.113554.1.2.2: Kerberos 5, whether inside of SPNEGO or bare. */
const KERBEROS = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02];

export interface AcceptorOptions {
  readonly keytab: string;
  /** `HTTP` for any host's key of the keytab, or `HTTP@host`. */
  readonly service: string;
  /** File of the tickets that have been used, which are refused the second time. */
  readonly replays: string;
  /** Instead of the system's library. */
  readonly library?: string | undefined;
}

export type Acceptance =
  /** `reply` proves to the client that we are who it meant. */
  | { readonly kind: "accepted"; readonly principal: string; readonly reply: Uint8Array }
  | { readonly kind: "refused"; readonly why: string };

export interface TicketAcceptor {
  accept(token: Uint8Array<ArrayBuffer>): Acceptance;
  close(): void;
}

/** Opens library and keytab. Throws HabError `kerberosUnusable`. */
export function openAcceptor({
  keytab,
  service,
  replays,
  library = SYSTEM_LIBRARY,
}: AcceptorOptions): TicketAcceptor {
  const gss = openLibrary(library);
  const credential = acquire(gss, service, { keytab: `FILE:${keytab}`, rcache: `file2:${replays}` });
  return {
    accept: (token) => accept(gss, credential, token),
    close: () => void gss.gss_release_cred(ptr(new Uint32Array(1)), ptr(credential)),
  };
}

function openLibrary(library: string): Library {
  try {
    return dlopen(library, SYMBOLS).symbols;
  } catch (cause) {
    throw new HabError(
      depotErrors.kerberosUnusable,
      `the GSSAPI library ${library} cannot be opened: ${describeError(cause)}`,
    );
  }
}

/** A handle, as the library sees it: eight bytes that it fills with an address. */
type Handle = BigUint64Array<ArrayBuffer>;

function handle(): Handle {
  return new BigUint64Array(1);
}

function address(of: Handle): Pointer | null {
  const value = Number(of[0] ?? 0n);
  return value === 0 ? null : (value as Pointer);
}

/** `gss_buffer_desc`: length and address of bytes, which must stay referenced as long as the library reads them. */
function buffer(bytes: Uint8Array): Handle {
  return new BigUint64Array([BigInt(bytes.length), BigInt(ptr(bytes))]);
}

/** `gss_OID_desc`: a length of four bytes, four unused, an address. The same holds for reading one. */
function oid(bytes: Uint8Array): Handle {
  return new BigUint64Array([BigInt(bytes.length), BigInt(ptr(bytes))]);
}

function cText(text: string): Buffer {
  return Buffer.from(`${text}\0`);
}

function acquire(gss: Library, service: string, store: Readonly<Record<string, string>>): Handle {
  const minor = new Uint32Array(1);
  const name = handle();
  const serviceBytes = Buffer.from(service);
  const typeBytes = Uint8Array.from(HOST_BASED_SERVICE);
  const [serviceBuffer, type] = [buffer(serviceBytes), oid(typeBytes)];
  // `gss_key_value_set_desc`: a count, and an array of pairs of texts.
  const texts = Object.entries(store).flat().map(cText);
  const elements = new BigUint64Array(texts.map((text) => BigInt(ptr(text))));
  const set = new BigUint64Array([BigInt(texts.length / 2), BigInt(ptr(elements))]);
  const credential = handle();
  let major = gss.gss_import_name(ptr(minor), ptr(serviceBuffer), ptr(type), ptr(name));
  if ((major & ERRORS) === 0)
    major = gss.gss_acquire_cred_from(
      ...([ptr(minor), address(name), 0, null, ACCEPT, ptr(set), ptr(credential), null, null] as const),
    );
  const why = (major & ERRORS) === 0 ? undefined : statusText(gss, major, minor[0] ?? 0);
  if (address(name) !== null) gss.gss_release_name(ptr(minor), ptr(name));
  if (why !== undefined)
    throw new HabError(
      depotErrors.kerberosUnusable,
      `no key of the service ${service} can be used from the keytab: ${why}`,
    );
  return credential;
}

function accept(gss: Library, credential: Handle, token: Uint8Array<ArrayBuffer>): Acceptance {
  const minor = new Uint32Array(1);
  const [context, name, mechanism] = [handle(), handle(), handle()];
  const output = new BigUint64Array(2);
  const input = buffer(token);
  const major = gss.gss_accept_sec_context(
    ...([ptr(minor), ptr(context), address(credential), ptr(input), null, ptr(name)] as const),
    ...([ptr(mechanism), ptr(output), null, null, null] as const),
  );
  try {
    if ((major & ERRORS) !== 0) return { kind: "refused", why: statusText(gss, major, minor[0] ?? 0) };
    // HTTP has no connection to go on with: a ticket says all at once, anything else is another mechanism (NTLM).
    if ((major & CONTINUE_NEEDED) !== 0)
      return { kind: "refused", why: "the client wants a conversation, and has no ticket" };
    const used = address(mechanism);
    if (used === null || !isOid(used, KERBEROS)) return { kind: "refused", why: "it is no Kerberos ticket" };
    return { kind: "accepted", principal: displayName(gss, name), reply: bytesOf(output) };
  } finally {
    gss.gss_release_buffer(ptr(minor), ptr(output));
    if (address(name) !== null) gss.gss_release_name(ptr(minor), ptr(name));
    if (address(context) !== null) gss.gss_delete_sec_context(ptr(minor), ptr(context), null);
  }
}

function displayName(gss: Library, name: Handle): string {
  const minor = new Uint32Array(1);
  const text = new BigUint64Array(2);
  const major = gss.gss_display_name(ptr(minor), address(name), ptr(text), null);
  if ((major & ERRORS) !== 0)
    throw new HabError(depotErrors.kerberosUnusable, statusText(gss, major, minor[0] ?? 0));
  const shown = new TextDecoder().decode(bytesOf(text));
  gss.gss_release_buffer(ptr(minor), ptr(text));
  return shown;
}

/** What a `gss_buffer_desc` of the library holds, copied: it is released right after. */
function bytesOf(of: BigUint64Array): Uint8Array {
  const length = Number(of[0] ?? 0n);
  if (length === 0) return new Uint8Array();
  return new Uint8Array(toArrayBuffer(Number(of[1]) as Pointer, 0, length)).slice();
}

function isOid(at: Pointer, wanted: readonly number[]): boolean {
  const words = new DataView(toArrayBuffer(at, 0, 16));
  const length = words.getUint32(0, true);
  if (length !== wanted.length) return false;
  const elements = Number(words.getBigUint64(8, true)) as Pointer;
  const bytes = new Uint8Array(toArrayBuffer(elements, 0, length));
  return wanted.every((byte, index) => bytes[index] === byte);
}

/** Both halves of a status in words: what failed, and what the mechanism says of it. */
function statusText(gss: Library, major: number, minor: number): string {
  const parts: string[] = [];
  for (const [code, kind] of [
    [major, GSS_CODE],
    [minor, MECHANISM_CODE],
  ] as const) {
    const own = new Uint32Array(1);
    const more = new Uint32Array(1);
    const text = new BigUint64Array(2);
    const shown = gss.gss_display_status(ptr(own), code, kind, null, ptr(more), ptr(text));
    if ((shown & ERRORS) !== 0) continue;
    parts.push(new TextDecoder().decode(bytesOf(text)).replace(/\.?\s*$/, ""));
    gss.gss_release_buffer(ptr(own), ptr(text));
  }
  return parts.filter((part) => part !== "" && part !== "Success").join(": ");
}
