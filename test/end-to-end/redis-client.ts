// What a test says to a Redis in a test network, in Redis's own protocol (RESP2): commands in one connection, with their replies.
import type { Network } from "./network.ts";

/** An error is text that begins with "-". */
export type Reply = string | number | null | readonly Reply[];

/** Says the commands one after the other: texts with blanks between their words, or lists of words. */
export async function askRedis(
  network: Network,
  machine: number,
  ...commands: readonly (string | readonly string[])[]
): Promise<readonly Reply[]> {
  const words = [...commands, "QUIT"]
    .map((command) => encode(typeof command === "string" ? command.split(" ") : command))
    .join("");
  return decode(await network.say(machine, 6379, words)).slice(0, commands.length);
}

function encode(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`;
}

/** Only for replies in ASCII: lengths are taken as characters. */
function decode(text: string): Reply[] {
  let at = 0;
  const line = () => {
    const end = text.indexOf("\r\n", at);
    if (end < 0) throw new Error(`half a reply: ${text}`);
    const found = text.slice(at, end);
    at = end + 2;
    return found;
  };
  const next = (): Reply => {
    const head = line();
    const rest = head.slice(1);
    switch (head[0]) {
      case "+":
        return rest;
      case "-":
        return head;
      case ":":
        return Number(rest);
      case "$": {
        if (rest === "-1") return null;
        const value = text.slice(at, at + Number(rest));
        at += value.length + 2;
        return value;
      }
      case "*":
        return rest === "-1" ? null : Array.from({ length: Number(rest) }, next);
      default:
        throw new Error(`not a reply: ${head}`);
    }
  };
  const replies: Reply[] = [];
  while (at < text.length) replies.push(next());
  return replies;
}
