// What bash reads in a plan.
import { spawnSync } from "node:child_process";

/** Settings by name, as texts; of a list the first element. */
export function parsePlanText(text: string): Record<string, string> {
  const script = `source /dev/stdin; for name in \${!pkg_*}; do printf '%s\\0%s\\0' "$name" "\${!name}"; done`;
  const { stdout } = spawnSync("bash", ["--norc", "-c", script], { input: text, encoding: "utf8", env: {} });
  const words = stdout.split("\0").slice(0, -1);
  return Object.fromEntries(
    words.flatMap((word, index) => (index % 2 === 0 ? [[word, words[index + 1] ?? ""]] : [])),
  );
}
