// Install and uninstall hooks, from the command line and at the start of a service, against what the original did
// (install-hooks.json; reference/services.md §18). The cases follow each other on one root, as they did there.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeHart, publicKeyText } from "../../../src/depot/testing/harts.ts";
import { TestSupervisor } from "../../supervisor/harness.ts";
import { complaints, type Departure, strays } from "./departures.ts";
import recorded from "./install-hooks.json";
import {
  fieldDifferences,
  lineDifferences,
  logDifferences,
  packageFiles,
  plain,
  type VectorPackage,
} from "./scene.ts";

interface Vector extends VectorPackage {
  readonly name: string;
  readonly args?: readonly string[];
  readonly expect: {
    readonly exit?: number;
    readonly stdout?: string;
    readonly stderr?: string;
    readonly INSTALL_HOOK_STATUS?: string | null | Readonly<Record<string, string | null>>;
    readonly files?: Readonly<Record<string, string>>;
    readonly package_still_there?: boolean;
    readonly load_exit?: number;
    readonly process_state?: string;
    readonly spec_kept?: boolean;
    readonly log?: readonly string[];
  };
}

const vectors = recorded as unknown as readonly Vector[];
const VERSION = "1.0.0/20260101000000";
const RUN = "#!/bin/sh\nexec sleep 1000000\n";

/** Packages that the vectors name without giving their parts: what their hooks must be is in the rendered files. */
const UNTOLD: Readonly<Record<string, VectorPackage>> = {
  insdep: { hooks: { run: RUN, install: "#!/bin/sh\necho dep install\nexit 0\n" } },
  instop: {
    hooks: { run: RUN, install: "#!/bin/sh\necho top install\nexit 0\n" },
    deps: [`vec/insdep/${VERSION}`],
  },
  insdepbad: { hooks: { run: RUN, install: "#!/bin/sh\nexit 3\n" } },
  instopbad: { hooks: { run: RUN, install: "#!/bin/sh\nexit 0\n" }, deps: [`vec/insdepbad/${VERSION}`] },
  inssig: { hooks: { run: RUN, install: "#!/bin/sh\nkill -9 $$\n" } },
  insnoexec: { hooks: { run: RUN, install: "#!/nonexistent\n" } },
};

const COMMANDS_THAT_FAIL = [
  "install hook fails with 42",
  "install again after failure",
  "dependency's hook fails (install)",
  "package whose dependency's hook fails",
  "install hook killed by a signal",
  "uninstall hook fails with 97",
];
const STARTS_THAT_FAIL = ["service start: installbad", "service start: instopbad", "service start: inssig"];
const CORRUPT = 'corrupt INSTALL_HOOK_STATUS at service start (content "abc\\n")';

const DEPARTURES: readonly Departure[] = [
  {
    why: "errors are in our words, with what to do next and a code",
    cases: COMMANDS_THAT_FAIL,
    what: [
      /^- ✗✗✗ .*install hook failed: exited with(out)? status/,
      /^\+ ✗✗✗ the (un)?install hook of vec\/.* (exited with status \d+|was ended by SIGKILL)$/,
      /^\+ ✗✗✗ Next: {2}Look at the hook's output/,
      /^\+ ✗✗✗ Code: {2}HAB-PKG-041$/,
    ],
  },
  {
    why: "errors are in our words, with what to do next and a code",
    cases: ["install hook cannot be executed"],
    what: [
      /^- insnoexec\(HK\): Hook failed to run, install, No such file or directory/,
      /^- ✗✗✗ .*install hook failed: execution failed: No such file or directory/,
      /^\+ ✗✗✗ cannot start install hook of .* needs \/nonexistent, which does not exist$/,
      /^\+ ✗✗✗ (Next|Code): /,
    ],
  },
  {
    why: "errors are in our words",
    cases: STARTS_THAT_FAIL,
    what: [
      /^- .*Failed to run install hook for vec\/\w+, vec\/.*install hook failed: exited with(out)? status/,
      /^\+ .*Failed to run install hook for vec\/\w+, the install hook of vec\/.* (exited with status \d+|was ended by SIGKILL)$/,
    ],
  },
  {
    why: "each stream has its log, also when nothing comes",
    cases: ["uninstall hook succeeds", "uninstall hook fails with 97"],
    what: [/^hab\/svc\/\w+\/logs\/uninstall\.stderr\.log: undefined → ""$/],
  },
  {
    why: "not ours: no Supervisor ran that could be asked what is loaded",
    cases: ["uninstall hook succeeds", "uninstall hook fails with 97", "uninstall --ignore-uninstall-hook"],
    what: [/^\+ ☁ Determining launcher PID file status$/],
  },
  {
    why: "errors are in our words",
    cases: [CORRUPT],
    what: [
      /^- .*, Unable to decode contents of INSTALL_STATUS file, .*INSTALL_HOOK_STATUS$/,
      /^\+ .*INSTALL_HOOK_STATUS does not begin with a number$/,
    ],
  },
];

let supervisor: TestSupervisor;
const hart = (name: string) => `vec-${name}-1.0.0-20260101000000-x86_64-linux.hart`;
const harts = () => join(supervisor.root, "harts");

beforeAll(async () => {
  supervisor = await TestSupervisor.create({ env: { HAB_BLDR_URL: "http://127.0.0.1:9" } });
  mkdirSync(harts());
  supervisor.write("hab/cache/keys/vec-20260102030405.pub", publicKeyText("vec"));
  const given = vectors.flatMap((vector): [string, VectorPackage][] => {
    const name = /vec-(\w+)-1\.0\.0/.exec(vector.args?.at(-1) ?? "")?.[1];
    return name === undefined || vector.hooks === undefined ? [] : [[name, vector]];
  });
  for (const [name, parts] of [...given, ...Object.entries(UNTOLD)]) {
    const ident = `vec/${name}/${VERSION}`;
    const files = packageFiles(ident, parts) as Record<string, string>;
    writeFileSync(join(harts(), hart(name)), (await makeHart(ident, files)).bytes);
  }
  supervisor.writeAddress();
  await supervisor.start();
});

afterAll(async () => {
  await supervisor.stop();
});

/** Whether it names the package's harts or the root, the text says so. */
const said = (text: string) => plain(supervisor, text).replaceAll("$ROOT/harts", "$HARTS");

const status = (name: string): string | null => {
  try {
    return supervisor.read(`hab/pkgs/vec/${name}/${VERSION}/INSTALL_HOOK_STATUS`).trim();
  } catch {
    return null;
  }
};

/** Rendered files and logs of install and uninstall hooks of these packages. */
function hookFiles(names: readonly string[]): Record<string, string> {
  const places = names.flatMap((name) =>
    ["hooks", "config_install", "logs"].map((directory) => join("hab/svc", name, directory)),
  );
  return Object.fromEntries(
    places.flatMap((place) => {
      const full = join(supervisor.root, place);
      const files = existsSync(full) ? readdirSync(full) : [];
      return files
        .filter((file) => place.endsWith("config_install") || /^(un)?install(\.|$)/.test(file))
        .map((file) => [join(place, file), said(supervisor.read(join(place, file)))]);
    }),
  );
}

const linesOf = (text: string) =>
  new Set(
    said(text)
      .split("\n")
      .filter((line) => line !== ""),
  );

async function command({ args = [], expect: wanted }: Vector): Promise<string[]> {
  const { exit, out, err } = await supervisor.typed(...args.map((word) => word.replace("$HARTS", harts())));
  const names = Object.keys((wanted.INSTALL_HOOK_STATUS ?? {}) as Record<string, string | null>);
  const seen: Record<string, unknown> = { exit };
  const expected: Record<string, unknown> = { exit: wanted.exit };
  if (wanted.INSTALL_HOOK_STATUS !== undefined) {
    seen["INSTALL_HOOK_STATUS"] = Object.fromEntries(names.map((name) => [name, status(name)]));
    expected["INSTALL_HOOK_STATUS"] = wanted.INSTALL_HOOK_STATUS;
  }
  if (wanted.files !== undefined) {
    Object.assign(seen, hookFiles(names));
    Object.assign(expected, wanted.files);
  }
  if (wanted.package_still_there !== undefined) {
    seen["package_still_there"] = existsSync(
      join(supervisor.root, `hab/pkgs/vec/${names[0]}/${VERSION}/IDENT`),
    );
    expected["package_still_there"] = wanted.package_still_there;
  }
  return [
    ...fieldDifferences(seen, expected),
    ...lineDifferences(linesOf(out), linesOf(wanted.stdout ?? "")),
    ...lineDifferences(linesOf(err), linesOf(wanted.stderr ?? "")),
  ];
}

/** Loads the service, waits until it runs or its start has failed, and unloads it again. */
async function startOf({ name: title, expect: wanted }: Vector): Promise<string[]> {
  const name = /^service start: (\w+)/.exec(title)?.[1] ?? "installok";
  const { log = [], INSTALL_HOOK_STATUS: wantedStatus, ...fields } = wanted;
  if (title.startsWith("corrupt"))
    supervisor.write(`hab/pkgs/vec/${name}/${VERSION}/INSTALL_HOOK_STATUS`, "abc\n");
  const from = supervisor.mark;
  const { exit } = await supervisor.typed("svc", "load", `vec/${name}`);
  const failed = () =>
    supervisor.log.slice(from).some((line) => line.includes(`Failed to run install hook for vec/${name}`));
  const state = async () => (await supervisor.service(name))?.process.state ?? null;
  await supervisor.until(async () => failed() || (await state()) === "up", `${name} to start or fail`);
  const seen: Record<string, unknown> = {
    load_exit: exit,
    process_state: await state(),
    spec_kept: existsSync(join(supervisor.root, `hab/sup/default/specs/${name}.spec`)),
  };
  const expected: Record<string, unknown> = { ...fields };
  if (wantedStatus !== undefined) {
    seen["INSTALL_HOOK_STATUS"] = status(name);
    expected["INSTALL_HOOK_STATUS"] = wantedStatus;
  }
  const about = [name, "insdepbad"];
  const differences = [
    ...fieldDifferences(seen, expected),
    ...about.flatMap((each) => logDifferences(supervisor, each, log, from)),
  ];
  await supervisor.typed("svc", "unload", `vec/${name}`);
  await supervisor.until(async () => (await supervisor.service(name)) === undefined, `${name} to be gone`);
  return [...new Set(differences)];
}

describe("install-hooks.json", () => {
  test("has all its cases", () => {
    expect(vectors).toHaveLength(20);
    expect(
      strays(
        DEPARTURES,
        vectors.map(({ name }) => name),
      ),
    ).toEqual([]);
  });
  test.each(vectors.map((vector) => [vector.name, vector] as const))("%s", async (name, vector) => {
    const differences = vector.args === undefined ? await startOf(vector) : await command(vector);
    expect(complaints(DEPARTURES, name, differences)).toEqual([]);
  });
});
