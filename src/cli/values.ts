// Types of values on the command line (reference/cli.md §2.6). Each throws an Error whose message says what is wrong.
import { statSync } from "node:fs";
import type { ValueSubject } from "./grammar/spec.ts";

/** One of a fixed list of words, case-sensitive. */
export function choice<const Choice extends string>(
  ...choices: readonly Choice[]
): { parse: (text: string) => Choice; choices: readonly Choice[] } {
  return { parse: (text) => text as Choice, choices };
}

/** A whole number from 0 to `maximum` (default: the largest of 32 bits). */
export function integer(maximum = 2 ** 32 - 1): (text: string) => number {
  return (text) => Number(bigInteger(BigInt(maximum))(text));
}

/** A whole number from 0 to `maximum` (default: the largest of 64 bits). */
export function bigInteger(maximum = 2n ** 64n - 1n): (text: string) => bigint {
  return (text) => {
    if (text === "") throw new Error("cannot parse integer from empty string");
    if (!/^\+?[0-9]+$/.test(text)) throw new Error("invalid digit found in string");
    const value = BigInt(text.replace("+", ""));
    if (value > maximum) throw new Error("number too large to fit in target type");
    return value;
  };
}

/** An origin's name. */
export function originName(text: string): string {
  if (isOriginName(text)) return text;
  throw new Error(
    `Invalid origin: '${text}' is not valid. A valid origin contains a-z, 0-9, and _ or - after the first character. ` +
      "Origins must begin with a lowercase letter or number. Allowed characters include lowercase letters, numbers, -, " +
      "and _. No more than 255 characters.",
  );
}

export function isOriginName(text: string): boolean {
  return /^[a-z0-9][a-z0-9_-]*$/.test(text) && text.length <= 255;
}

/** Name of an account on the depot: its rules are the depot's, only what is no name at all is refused. */
export function accountName(text: string): string {
  if (text === "" || /[\s/\p{Cc}]/u.test(text)) throw new Error(`'${text}' is not the name of an account`);
  return text;
}

/** Path of an existing regular file. */
export function existingFile(text: string): string {
  if (!isFile(text)) throw new Error(`\`${text}\`: is not a valid file`);
  return text;
}

/** Path of an existing regular file, or `-` for standard input. */
export function existingFileOrStdin(text: string): string {
  if (text !== "-" && !isFile(text)) throw new Error(`\`${text}\`: is not a valid file or stdin`);
  return text;
}

/** Path of anything that exists, where the command itself says what is wrong with a file that is no directory. */
export function existingDirectoryOrFile(text: string): string {
  if (statSync(text, { throwIfNoEntry: false }) === undefined)
    throw new Error(`\`${text}\`: is not a valid directory`);
  return text;
}

/** Path of an existing directory. */
export function existingDirectory(text: string): string {
  if (statSync(text, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new Error(`\`${text}\`: is not a valid directory`);
  return text;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** An absolute URL, normalised (`http://host` gains its `/`). */
export function absoluteUrl(text: string): string {
  try {
    return new URL(text).href;
  } catch (error) {
    if (!/^[a-z][a-z0-9+.-]*:/i.test(text)) throw new Error("relative URL without a base");
    throw new Error(/^https?:\/*$/i.test(text) ? "empty host" : "is not a URL", { cause: error });
  }
}

/** `ip:port`, both literal. */
export function socketAddress(text: string): { readonly host: string; readonly port: number } {
  const match = /^(?:(\d{1,3}(?:\.\d{1,3}){3})|\[([0-9a-fA-F:.]+)\]):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || !isIpLiteral(host) || port > 65535)
    throw new Error("invalid socket address syntax");
  return { host, port };
}

/** An IPv4 or IPv6 address. */
export function ipAddress(text: string): string {
  if (!isIpLiteral(text)) throw new Error("invalid IP address syntax");
  return text;
}

function isIpLiteral(text: string): boolean {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return text.split(".").every((part) => Number(part) <= 255);
  return text.includes(":") && URL.canParse(`http://[${text}]/`);
}

/** `host[:port]` with a default port, of IPv4 or a name; the name is resolved when it is used, not here. */
export function hostAndPort(defaultPort: number): (text: string) => { host: string; port: number } {
  return (text) => {
    const match = /^([^:\s/]+)(?::(\d{1,5}))?$/.exec(text);
    if (match === null) throw new Error(`Failed to resolve ctl address '${text}': ${whyNoAddress(text)}`);
    const port = match[2] === undefined ? defaultPort : Number(match[2]);
    if (port > 65535) throw new Error(`Failed to resolve ctl address '${text}': invalid port value`);
    return { host: match[1] as string, port };
  };
}

/** `host[:port]` with a default port, as `hostAndPort`, and also `[IPv6 address][:port]`, which members of ours understand. */
export function gossipAddress(defaultPort: number): (text: string) => { host: string; port: number } {
  return (text) => {
    const [, host, port] = /^\[([0-9a-fA-F:.]+)\](?::(\d{1,5}))?$/.exec(text) ?? [];
    if (host === undefined || !isIpLiteral(host) || Number(port ?? 0) > 65535)
      return hostAndPort(defaultPort)(text);
    return { host, port: port === undefined ? defaultPort : Number(port) };
  };
}

/** In the words of the original, which has them from its resolver. */
function whyNoAddress(text: string): string {
  if (/^\[.*\](:\d+)?$/.test(text)) return "did not resolve to an ipv4 socket address";
  if (/^(:\d+)?$/.test(text)) return "failed to lookup address information: Name or service not known";
  return /:\D*$/.test(text) ? "invalid port value" : "not of the form HOST[:PORT]";
}

/** What completions offer for values of a type of this file; undefined when the type does not say. */
export function subjectOfType(type: unknown): ValueSubject | undefined {
  switch (type) {
    case existingFile:
    case existingFileOrStdin:
      return "file";
    case existingDirectory:
      return "directory";
    case originName:
      return "origin";
    default:
      return undefined;
  }
}
