// The completion scripts in the shells they are for: bash and zsh at a terminal, fish by its own `complete -C`, Elvish by
// its completer. A package directory with the worst of names is among the candidates.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HAB, run } from "../binary/program.ts";
import { openTerminal, type Terminal } from "./terminal.ts";

/** What a shell would run if the name of a package got onto the line as it is. */
const HOSTILE = "bad/x$(touch pwned);`touch pwned`'\"&touch pwned";

let directory: string;
let env: Record<string, string>;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "hab-completions-"));
  for (const name of ["bin", "home", "cwd", "root"]) mkdirSync(join(directory, name));
  symlinkSync(HAB, join(directory, "bin/hab"));
  for (const ident of ["core/redis/7.0/20250101000000", `${HOSTILE}/1.0/20250101000000`]) {
    const place = join(directory, "root/hab/pkgs", ident);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, "TARGET"), "x86_64-linux\n");
  }
  writeFileSync(join(directory, "cwd/some-file"), "");
  mkdirSync(join(directory, "cwd/some-folder"));
  env = {
    PATH: `${join(directory, "bin")}:/usr/bin:/bin`,
    HOME: join(directory, "home"),
    FS_ROOT: join(directory, "root"),
    ZDOTDIR: join(directory, "home"),
    DUMP: join(directory, "dump"),
    LANG: "C.UTF-8",
    HAB_NOCOLORING: "1",
  };
  for (const shell of ["bash", "zsh", "fish", "elvish"]) {
    const { code, stdout } = await run([HAB, "cli", "completers", "--shell", shell], { env });
    expect(code).toBe(0);
    writeFileSync(join(directory, `home/hab.${shell}`), stdout);
  }
  // Ctrl-X writes the line to a file, empties it, and says so.
  writeFileSync(
    join(directory, "home/bashrc"),
    `source ~/hab.bash\nPS1='READY> '\nshow() { printf %s "$READLINE_LINE" >"$DUMP"; READLINE_LINE=; echo SHO''WN; }\n` +
      "bind -x '\"\\C-x\": show'\nbind 'set enable-bracketed-paste off'\nbind 'set bell-style none'\n",
  );
  writeFileSync(
    join(directory, "home/.zshrc"),
    "autoload -Uz compinit; compinit -u -D\nsource ~/hab.zsh\nPROMPT='READY> '\n" +
      `show() { print -rn -- "$BUFFER" >"$DUMP"; BUFFER=; echo SHO''WN; }\nzle -N show\nbindkey '^X' show\n` +
      "unset zle_bracketed_paste; setopt no_beep\n",
  );
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

const CTRL_X = "\x18";

const SHELLS = [
  ["bash", "bash --noprofile --rcfile ~/bashrc -i"],
  ["zsh", "zsh -d -i"],
] as const;

describe.each(SHELLS)("%s at a terminal", (_, command) => {
  let terminal: Terminal;
  beforeAll(async () => {
    terminal = await openTerminal(command, { cwd: join(directory, "cwd"), env, marker: "READY> " });
  });
  afterAll(() => terminal.end());

  async function lineAfter(keys: string): Promise<string> {
    await terminal.type(`${keys}${CTRL_X}`, "SHOWN");
    return readFileSync(join(directory, "dump"), "utf8");
  }

  test.each([
    ["hab pkg ins\t", "hab pkg install "],
    ["hab pk\tpat\t", "hab pkg path "],
    ["hab pkg install --chan\t", "hab pkg install --channel "],
    ["hab pkg install --channel=un\t", "hab pkg install --channel=unstable "],
    ["hab pkg install --channel un\t", "hab pkg install --channel unstable "],
    ["hab pkg install --offl\t", "hab pkg install --offline "],
    ["hab pkg path co\t", "hab pkg path core/redis "],
    ["hab pkg hash some-fi\t", "hab pkg hash some-file "],
    ["hab pkg build some-\t", "hab pkg build some-folder/"],
    ["hab pkg install --auth some-fi\t", "hab pkg install --auth some-fi"],
    ["hab nothere some-fi\t", "hab nothere some-fi"],
  ])("%j", async (keys, line) => expect(await lineAfter(keys)).toBe(line));

  test("a hostile name is one quoted word, and runs nothing", async () => {
    const line = await lineAfter("hab pkg path bad\t");
    expect(line.length).toBeGreaterThan("hab pkg path bad".length);
    const printed = await run(["bash", "-c", `${line.replace("hab pkg path", "printf '[%s]'")}`], {
      env,
      cwd: join(directory, "cwd"),
    });
    expect(printed.stdout).toBe(`[${HOSTILE}]`);
    await terminal.type(`${line.replace("hab pkg path", "hab pkg path --")}; echo DO''NE\r`, "DONE");
    expect(existsSync(join(directory, "cwd/pwned"))).toBe(false);
  });
});

describe("bash", () => {
  async function bash(script: string, more: Record<string, string> = {}) {
    return run(["bash", "--norc", "-c", `source ~/hab.bash; ${script}`], {
      env: { ...env, ...more },
      cwd: join(directory, "cwd"),
    });
  }
  test("defines _hab and registers it", async () => {
    expect((await bash("declare -F _hab; complete -p hab")).stdout).toMatch(
      /^_hab\ncomplete (-o \w+ )+-F _hab hab\n$/,
    );
  });
  test("answers to words alone", async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: for bash
    const script = 'COMP_WORDS=(hab pkg install --channel = st) COMP_CWORD=5; _hab; echo "${COMPREPLY[*]}"';
    expect((await bash(script)).stdout).toBe("stable\n");
  });
  test("offers nothing when hab is not to be had", async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: for bash
    const script = 'COMP_WORDS=(hab pkg in) COMP_CWORD=2; _hab; echo "<${COMPREPLY[*]}>"';
    expect(await bash(script, { PATH: "/usr/bin:/bin" })).toMatchObject({
      code: 0,
      stdout: "<>\n",
      stderr: "",
    });
  });
});

test("zsh: the script begins with its tag", () => {
  expect(readFileSync(join(directory, "home/hab.zsh"), "utf8")).toStartWith("#compdef hab\n");
});

describe("elvish", () => {
  /** What its completer gives for the words, one candidate a line. */
  async function elvish(words: string, path: string): Promise<string[]> {
    const rc = join(directory, "home/rc.elv");
    const out = join(directory, "elvish-out");
    writeFileSync(
      rc,
      `set E:PATH = '${path}'\neval (slurp < ${join(directory, "home/hab.elvish")})\n` +
        `{ $edit:completion:arg-completer[hab] ${words} | each {|found| echo $found[stem] } } > ${out}\nexit\n`,
    );
    await run(["/usr/bin/script", "-qec", `/usr/bin/elvish -rc ${rc}`, "/dev/null"], {
      env: { ...env, TERM: "xterm" },
      cwd: join(directory, "cwd"),
    });
    return readFileSync(out, "utf8").trimEnd().split("\n");
  }
  test("asks hab", async () => {
    const path = env["PATH"] as string;
    expect(await elvish("hab pkg ins", path)).toEqual(["install"]);
    expect(await elvish("hab pkg path bad", path)).toEqual([HOSTILE]);
    expect(await elvish("hab pkg hash some-fi", path)).toContain("some-file");
  });
  test("knows commands and options without hab", async () => {
    const found = await elvish("hab pkg install --off", "/usr/bin:/bin");
    expect(found).toEqual(expect.arrayContaining(["--offline", "--channel"]));
  });
});

describe("fish", () => {
  async function fish(line: string): Promise<string[]> {
    const script = "source ~/hab.fish; complete -C $argv[1]";
    const { stdout, stderr } = await run(["fish", "--no-config", "-c", script, line], {
      env,
      cwd: join(directory, "cwd"),
    });
    expect(stderr).toBe("");
    return stdout.split("\n").filter((found) => found !== "");
  }
  test.each([
    ["hab pkg ins", ["install\tInstall packages from a depot or from harts"]],
    ["hab pkg install --channel=s", ["--channel=stable\tchannel"]],
    ["hab pkg path co", ["core/redis\tinstalled"]],
    ["hab pkg hash some-", ["some-file", "some-folder/"]],
    ["hab plan render --user-toml=some-fi", ["--user-toml=some-file"]],
    ["hab pkg build some-", ["some-folder/"]],
    ["hab pkg install --auth some-", []],
    ["hab pkg path bad", [`${HOSTILE}\tinstalled`]],
  ])("%s", async (line, found) => expect((await fish(line)).map((text) => text.trimEnd())).toEqual(found));
});
