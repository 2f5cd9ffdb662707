// `script/fuzz [TARGET] [--seconds N] [--seed N] [--first N] [--count N] [--hang-after MS]`, or `script/fuzz TARGET FILE` for one input again.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fuzz, minimise, problemWith, TIME_LIMIT_MS } from "./harness.ts";
import { brokenTargets, targets } from "./targets.ts";
import type { Watched } from "./watchdog.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    first: { type: "string", default: "0" },
    count: { type: "string" },
    "hang-after": { type: "string", default: String(TIME_LIMIT_MS) },
  },
});
const [name, file] = positionals;
const chosen =
  name === undefined ? targets : [...targets, ...brokenTargets].filter((target) => target.name === name);
if (chosen.length === 0) {
  process.stderr.write(`no such target; there are ${targets.map((target) => target.name).join(", ")}\n`);
  process.exit(2);
}
const seed = Number(values.seed);
const count = values.count === undefined ? Number.POSITIVE_INFINITY : Number(values.count);
const counter = new SharedArrayBuffer(4);
const watchdog = new Worker(new URL("./watchdog.ts", import.meta.url));

for (const target of chosen) {
  const command = `script/fuzz ${target.name}`;
  const watch = (limitMs: number | undefined) => {
    const watched: Watched = { counter, command: `${command} --seed ${seed}`, limitMs };
    watchdog.postMessage(watched);
  };
  watch(Number(values["hang-after"]));
  if (file !== undefined) {
    const problem = await problemWith(target, readFileSync(file));
    await target.stop?.();
    process.stdout.write(`${problem ?? "no problem"}\n`);
    process.exit(problem === undefined ? 0 : 1);
  }
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const { inputs, memoryBytes, failure } = await fuzz(target, {
    seed,
    first: Number(values.first),
    more: (tried) => tried < count && seconds() < Number(values.seconds),
    onInput: (number) => Atomics.store(new Int32Array(counter), 0, number),
  });
  const rate = Math.round(inputs / seconds());
  process.stdout.write(
    `${target.name}: ${inputs} inputs, ${rate}/s, ${Math.ceil(memoryBytes / 2 ** 20)} MiB above the start, seed ${seed}\n`,
  );
  if (failure === undefined) {
    await target.stop?.();
    continue;
  }
  watch(undefined);
  const directory = join(import.meta.dir, "crashes");
  mkdirSync(directory, { recursive: true });
  const path = join(directory, `${target.name}-${seed}-${failure.number}`);
  writeFileSync(path, failure.input);
  writeFileSync(path, await minimise(target, failure.input));
  await target.stop?.();
  process.stdout.write(`FAILED: ${failure.problem}\nagain: ${command} ${path}\n`);
  process.exitCode = 1;
}
watchdog.terminate();
