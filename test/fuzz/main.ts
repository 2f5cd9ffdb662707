// `script/fuzz [TARGET] [--seconds N] [--seed N] [--first N] [--count N]`, or `script/fuzz TARGET FILE` for one input again.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fuzz, minimise, problemWith } from "./harness.ts";
import { targets } from "./targets.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    first: { type: "string", default: "0" },
    count: { type: "string" },
  },
});
const [name, file] = positionals;
const chosen = targets.filter((target) => name === undefined || target.name === name);
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
  watchdog.postMessage({ counter, command: `${command} --seed ${seed}` });
  if (file !== undefined) {
    const problem = await problemWith(target, readFileSync(file));
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
  if (failure === undefined) continue;
  const directory = join(import.meta.dir, "crashes");
  mkdirSync(directory, { recursive: true });
  const path = join(directory, `${target.name}-${seed}-${failure.number}`);
  writeFileSync(path, await minimise(target, failure.input));
  process.stdout.write(`FAILED: ${failure.problem}\nagain: ${command} ${path}\n`);
  process.exitCode = 1;
}
watchdog.terminate();
