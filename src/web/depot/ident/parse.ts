// Idents as text, taken apart.
import type { FullIdent } from "../api/types.ts";

/** The four parts of `origin/name/version/release`. Missing ones are empty. */
export function parseIdentText(text: string): FullIdent {
  const [origin = "", name = "", version = "", release = ""] = text.split("/");
  return { origin, name, version, release };
}

/** Short words for a target, as people say them. */
export function targetWords(target: string): string {
  const known: Readonly<Record<string, string>> = {
    "x86_64-linux": "Linux x86-64",
    "aarch64-linux": "Linux ARM64",
    "x86_64-linux-kernel2": "Linux 2 x86-64",
    "x86_64-windows": "Windows x86-64",
    "x86_64-darwin": "macOS Intel",
    "aarch64-darwin": "macOS Apple silicon",
  };
  return known[target] ?? target;
}

export const DEFAULT_TARGET = "x86_64-linux";
