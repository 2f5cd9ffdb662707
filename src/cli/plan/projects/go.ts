// Plans for programs in Go: go.mod says what they are.
import type { Draft, PlanFor, ProjectFiles } from "./project.ts";

/** Undefined where it is none. */
export function goDraft(files: ProjectFiles, { name }: PlanFor): Draft | undefined {
  if (!files.has("go.mod")) return undefined;
  // Programs are at the top, or one directory each below cmd/.
  const commands = files
    .list("cmd")
    .filter((each) => files.list(`cmd/${each}`).some((file) => file.endsWith(".go")));
  const isAtTop = files.list(".").some((file) => /^\s*package main\b/m.test(goText(files, file)));
  const program =
    isAtTop || commands.length === 0 ? "." : `./cmd/${commands.includes(name) ? name : commands[0]}`;
  return {
    found: `a program in Go, ${program === "." ? "at the top of its module" : program.slice(2)}`,
    deps: ["core/busybox-static", "core/cacerts"],
    buildDeps: ["core/go"],
    settings: `pkg_bin_dirs=(bin)
`,
    phases: `# One program without C: it needs nothing when it runs. With a directory \`vendor\` (\`go mod vendor\`) the build needs no network.
do_build() {
  export GOCACHE="$CACHE_PATH/go-build" GOFLAGS="-trimpath -buildvcs=false"
  go build -o "$CACHE_PATH/$pkg_name" ${program}
}

do_install() {
  mkdir -p "$pkg_prefix/bin"
  cp "$CACHE_PATH/$pkg_name" "$pkg_prefix/bin/$pkg_name"
}

# The linker has left out what could be stripped.
do_strip() { return 0; }
`,
    environment: ["export PORT={{cfg.port}}"],
    run: `exec {{pkg.path}}/bin/{{pkg.name}}`,
  };
}

function goText(files: ProjectFiles, name: string): string {
  return name.endsWith(".go") ? (files.read(name) ?? "") : "";
}
