// Every recorded command against one Supervisor, in the recorded order, through a relay: exit codes, what is printed, what
// both sides send, the spec afterwards and what the Supervisor says of it (cli.json, cli-more.json, depart.json;
// reference/supervisor.md §12).
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { TestSupervisor } from "../../supervisor/harness.ts";
import binds from "../services/binds.json";
import { complaints, type Departure, strays } from "../services/departures.ts";
import { addVectorPackage, fieldDifferences, plain, type VectorPackage } from "../services/scene.ts";
import cli from "./cli.json";
import more from "./cli-more.json";
import depart from "./depart.json";
import { Relay } from "./relay.ts";
import { decodeAll, shown } from "./vector-frames.ts";

interface RecordedFrame {
  readonly message?: string;
  readonly fields?: unknown;
}

interface Command {
  readonly name: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string | null>>;
  readonly stdin?: string;
  readonly expect: {
    readonly exit: number | string | null;
    readonly stdout: string;
    readonly stderr: string;
    readonly connections?: readonly {
      readonly client_to_server: readonly RecordedFrame[];
      readonly server_to_client: readonly RecordedFrame[];
    }[];
    readonly supervisor_log?: readonly string[];
    readonly spec_after?: string | null;
    readonly launcher_exit?: number;
  };
}

const SECRET = "w9TuoqTk4Ixaht8ZpJpHQlmPRbvpgz13GaGnvxunJy8iOhZcS7qGqEA7jogq/Itfu4HOdQGmLRY9G5fRUcuw/w==";
const BLDR = "http://127.0.0.1:24999";
const PUBLIC = "https://bldr.habitat.sh";
const SPECS = "hab/sup/default/specs";
const first = cli as unknown as readonly Command[];
const second = more as unknown as readonly Command[];
const last = depart as unknown as readonly Command[];

const CONFIG_SHOWN = ["config show, not loaded", "config show", "config show, service without default.toml"];
const REFUSED_UPDATES = ["update clear binds", "update, unknown bind"];
const BROKEN_TOML = [
  "config apply, invalid TOML",
  "config apply, integer beyond i64",
  "config apply, duplicate key",
];
const DYING = "load --force while the Supervisor process is going down";

const DEPARTURES: readonly Departure[] = [
  {
    why: "asks for the configuration in force and its layers, and shows it",
    cases: CONFIG_SHOWN,
    what: [/^sent: .*"with_layers\\":true/],
  },
  {
    why: "asks for the configuration in force and its layers, and shows it",
    cases: ["config show"],
    what: [/^stdout: "" → "port = 8080/, /^answered: .*effective/],
  },
  {
    why: "answers also for a service without default.toml: the original never does",
    cases: ["config show, service without default.toml"],
    what: [/^exit: "hangs \(killed after 6 s\)" → 0$/, /^answered: .*effective/],
  },
  {
    why: "binds the package cannot do with are refused, the original unloads the service for them",
    cases: REFUSED_UPDATES,
    what: [
      /^exit: 0 → 1$/,
      /^stdout: "Updating vec\/app\\n" → ""$/,
      /^stderr: "" → "✗✗✗\\n✗✗✗ \[Err: 7\] Missing required bind\(s\), database/,
      /^answered: .*NetErr/,
      /^log: \["hab-sup\(AG\): Updating vec\/app"\] → \[\]$/,
      /^spec_after: null → /,
    ],
  },
  {
    why: "a group that can be none is refused, the original takes it and then deletes the spec",
    cases: ["load, bad group"],
    what: [
      /^exit: 0 → 1$/,
      /^stdout: /,
      /^stderr: "" → ".*Invalid service group: nodef\.a\.b/,
      /^answered: /,
      /^log: /,
    ],
  },
  {
    why: "errors of a depot and of a TOML library are in other words",
    cases: ["load, not installed and no Builder", "config apply, not UTF-8", ...BROKEN_TOML],
    what: [/^stderr: /, /^answered: .*NetErr/],
  },
  {
    why: "what to do next is told as such",
    cases: ["nothing listens"],
    what: [/^stderr: .*If the Supervisor you are contacting is local.* → (?!.*If the Supervisor)/],
  },
  {
    why: "errors are in our words",
    cases: ["config apply, too large", "file upload, missing file"],
    what: [/^stderr: /],
  },
  {
    why: "the usage line names what there is, not what was typed",
    cases: ["load, missing ident"],
    what: [/^stderr: .*Usage: hab svc load \[OPTIONS\]/],
  },
  {
    why: "a group that can be none is a usage error: the original panics",
    cases: ["config apply, bad group"],
    what: [
      /^exit: 101 → 2$/,
      /^stderr: .*panicked at .* → "error: invalid value 'web' for '<SERVICE_GROUP>'/,
    ],
  },
  {
    why: "a line without colour has no colour codes",
    cases: ["load in colour"],
    what: [/^stdout: ".*The vec\/db service .* → "The vec\/db service was successfully loaded\\n"$/],
  },
  {
    why: "the service whose update was refused is still loaded",
    cases: ["status of a leader service that waits"],
    what: [/^stdout: /, /^answered: /],
  },
  {
    why: "warns of an option that is for development only",
    cases: ["load, config-from"],
    what: [/^stderr: "" → "Ø --config-from replaces /],
  },
  {
    why: "a run hook that is missing does not end the Supervisor, so it is there to answer",
    cases: [DYING],
    what: [/^exit: 1 → 0$/, /^stdout: /, /^stderr: /, /^sent: /, /^answered: /, /^log: /],
  },
];

let supervisor: TestSupervisor;
let relay: Relay;

async function open(): Promise<void> {
  supervisor = await TestSupervisor.create({ env: { HAB_BLDR_URL: BLDR, HAB_CTL_SECRET: SECRET } });
  supervisor.write("hab/sup/default/CTL_SECRET", SECRET);
  const run = { run: "#!/bin/sh\nexec sleep 1000000\n" };
  const [{ packages }] = binds as unknown as [{ packages: Record<string, VectorPackage> }];
  for (const [name, parts] of Object.entries({ ...packages, norun: {}, nodef: { hooks: run } }))
    addVectorPackage(supervisor, name, parts);
  supervisor.write("c.toml", 'name = "from file"\n');
  supervisor.write("up.txt", "uploaded\n");
  supervisor.write("empty", "");
  supervisor.write("elsewhere/empty", "");
  writeFileSync(join(supervisor.root, "big.bin"), Buffer.alloc(70_000));
  await supervisor.start();
  relay = await Relay.open(supervisor.ctlPort);
}

async function close(): Promise<void> {
  relay.close();
  await supervisor.stop();
}

/** The text as the vectors would show it; tables without widths, pids and seconds, in the order of their lines. */
function printed(text: string): string {
  const own = plain(supervisor, text)
    .replaceAll(relay.address, "$CTL")
    .replaceAll(BLDR, "$BLDR")
    .replaceAll(supervisor.memberId, "$MEMBER_ID");
  if (!own.startsWith("package ")) return own;
  const lines = own
    .trimEnd()
    .split("\n")
    .map((line) => line.replace(/(up|down) +\d+ +(\d+|<none>) /, "$1 S P ").replaceAll(/ +/g, " "));
  return lines.sort().join("\n");
}

/** An error ends with its cause, what to do next and a code (docs/errors.md), of which the original knows nothing. */
function withoutAdvice(text: string): string {
  return text
    .split("\n")
    .filter((line) => !/✗✗✗ (Cause|Next|Code): {1,2}/.test(line))
    .join("\n");
}

/** The bytes a case puts into standard input; long ones are described. */
function input(text: string): Uint8Array {
  const size = /^\((\d+) bytes\)$/.exec(text)?.[1];
  if (size !== undefined) return Buffer.from(`a = "${"x".repeat(Number(size) - 7)}"\n`);
  return text === "\\xff\\xfe" ? Uint8Array.of(0xff, 0xfe) : Buffer.from(text);
}

async function carryOut({
  args = [],
  env = {},
  stdin,
}: Command): Promise<{ exit: number; out: string; err: string }> {
  const words = args.map((word) =>
    word
      .replace("$CTL", relay.address)
      .replace("$ROOT", supervisor.root)
      .replace("$BLDR", BLDR)
      .replace("$MEMBER_ID", supervisor.memberId),
  );
  const given = {
    ...env,
    ...("FS_ROOT" in env ? { FS_ROOT: join(supervisor.root, "elsewhere"), HAB_CTL_SECRET: null } : {}),
  };
  if (stdin === undefined) return supervisor.typedIn(given, ...words);
  return supervisor.habReading(input(stdin), ...words);
}

/** What differs from run to run in a frame; of very long ones only the message is recorded. */
function frameText({ message, fields }: RecordedFrame): string {
  const text = JSON.stringify(fields ?? {});
  if (text.includes("(cut)") || text.length > 60_000) return `${message}, long`;
  return (
    printed(JSON.stringify({ message, fields: fields ?? {} }))
      .replaceAll(/"(elapsed|pid)":\d+/g, '"$1":0')
      // Ours asks for readiness too, by fields the original does not know and skips (docs/beyond-habitat.md).
      .replaceAll(/,?"(with_readiness":true|not_ready":"(\\.|[^"\\])*")/g, "")
      .replaceAll("24999", "PORT")
  );
}

/** The order of services in a status is that of a hash map. */
function inOrder(frames: readonly string[]): string[] {
  const isStatus = (text: string) => text.includes('"ServiceStatus"');
  return [...frames.filter((text) => !isStatus(text)), ...frames.filter(isStatus).sort()];
}

async function differencesOf(command: Command): Promise<string[]> {
  const { expect: wanted } = command;
  const from = supervisor.mark;
  const { exit, out, err } = await carryOut(command);
  const connections = await relay.take();
  const frames = async (bytes: Uint8Array) =>
    inOrder(await Promise.all(decodeAll(bytes).map(async (frame) => frameText(await shown(frame)))));
  const name = command.args?.find((word) => /^\w+\/\w+/.test(word))?.split("/")[1];
  const said = supervisor.log
    .slice(from)
    .filter((line) => /\((AG|CMD)\): /.test(line))
    .map(printed);
  const seen: Record<string, unknown> = {
    exit,
    stdout: printed(out),
    stderr: withoutAdvice(printed(err)),
    sent: await Promise.all(connections.map(({ sent }) => frames(sent))),
    answered: await Promise.all(connections.map(({ answered }) => frames(answered))),
    log: said,
  };
  const recorded = wanted.connections ?? [];
  const expected: Record<string, unknown> = {
    exit: wanted.exit ?? null,
    stdout: printed(wanted.stdout),
    stderr: wanted.stderr,
    sent: recorded.map(({ client_to_server: side }) => side.map(frameText)),
    answered: recorded.map(({ server_to_client: side }) => inOrder(side.map(frameText))),
    log: (wanted.supervisor_log ?? []).filter((line) => /\((AG|CMD)\): /.test(line)),
  };
  if (wanted.spec_after !== undefined && name !== undefined) {
    seen["spec_after"] = specText(name);
    expected["spec_after"] =
      wanted.spec_after?.replaceAll("$BLDR", BLDR).replaceAll("$DEFAULT_BLDR", PUBLIC) ?? null;
  }
  return fieldDifferences(seen, expected);
}

function specText(name: string): string | null {
  try {
    return supervisor.read(join(SPECS, `${name}.spec`));
  } catch {
    return null;
  }
}

/** Commands that only look are repeated until what the command before them began has come about. */
async function check(command: Command): Promise<void> {
  // There the service was gone, with the Supervisor that a case before had ended.
  if (command.args?.includes("--config-from")) {
    await supervisor.typed("svc", "unload", "vec/nodef");
    await supervisor.until(() => supervisor.said("hab-sup(AG): Unloading vec/nodef") > 0, "unloading");
  }
  let left = complaints(DEPARTURES, command.name, await differencesOf(command));
  const looks = ["status", "show"].includes(command.args?.[1] ?? "");
  const deadline = performance.now() + 40_000;
  while (looks && left.length > 0 && performance.now() < deadline) {
    await Bun.sleep(20);
    left = complaints(DEPARTURES, command.name, await differencesOf(command));
  }
  expect(left).toEqual([]);
}

test("all cases are there", () => {
  expect([first.length, second.length, last.length]).toEqual([95, 18, 2]);
  expect(
    strays(
      DEPARTURES,
      [...first, ...second, ...last].map(({ name }) => name),
    ),
  ).toEqual([]);
});

describe("cli.json", () => {
  beforeAll(open);
  afterAll(close);
  test.each(first.map((command) => [command.name, command] as const))("%s", async (_, command) =>
    check(command),
  );
});

describe("cli-more.json, depart.json", () => {
  beforeAll(open);
  afterAll(close);
  test.each(second.map((command) => [command.name, command] as const))("%s", async (_, command) =>
    check(command),
  );

  test(last[0]?.name ?? "", async () => {
    const [leaving] = last;
    const { exit, out } = await supervisor.typed("sup", "depart", supervisor.memberId);
    expect([exit, printed(out).replaceAll(/127\.0\.0\.1:\d+/g, "$CTL")]).toEqual([
      0,
      leaving?.expect.stdout ?? "",
    ]);
    expect(await supervisor.exited).toBe(leaving?.expect.launcher_exit as number);
  });

  test(last[1]?.name ?? "", async () => {
    supervisor.launch();
    expect(await supervisor.exited).toBe(last[1]?.expect.launcher_exit as number);
  });
});
