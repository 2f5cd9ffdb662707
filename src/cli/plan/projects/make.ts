// Plans for programs that make builds, with or without a configure script before it.
import type { Draft, PlanFor, ProjectFiles } from "./project.ts";

const MAKEFILES = ["Makefile", "makefile", "GNUmakefile"];
const SOURCE_DIRECTORIES = [".", "src", "source"];

/** Undefined where it is none. */
export function makeDraft(files: ProjectFiles, { name }: PlanFor): Draft | undefined {
  const makefile = MAKEFILES.find((each) => files.has(each));
  const hasConfigure = files.has("configure");
  if (makefile === undefined && !hasConfigure) return undefined;
  const isCpp = SOURCE_DIRECTORIES.some((each) =>
    files.list(each).some((file) => /\.(?:cc|cpp|cxx)$/.test(file)),
  );
  const text = makefile === undefined ? "" : (files.read(makefile) ?? "");
  const installs = hasConfigure || /^install\s*:/m.test(text);
  return {
    found: `a program built by ${hasConfigure ? "configure and make" : "make"}`,
    deps: ["core/glibc", ...(isCpp ? ["core/gcc-libs"] : [])],
    buildDeps: ["core/gcc", "core/make", ...(hasConfigure ? ["core/diffutils"] : [])],
    settings: "pkg_bin_dirs=(bin)\n",
    phases: `# In a copy: what a build leaves stays out of the project.
do_prepare() {
  local entry
  rm -rf "\${CACHE_PATH:?}/project"
  mkdir -p "$CACHE_PATH/project"
  for entry in *; do
    case "$entry" in
      habitat | results) ;;
      *) cp -a "$entry" "$CACHE_PATH/project/" ;;
    esac
  done
}

do_build() {
  cd "$CACHE_PATH/project"
${hasConfigure ? '  ./configure --prefix="$pkg_prefix"\n' : ""}  make
}

do_install() {
  cd "$CACHE_PATH/project"
${installs ? INSTALLS[hasConfigure ? "configured" : "told"] : copied(name)}}
`,
  };
}

const INSTALLS = {
  configured: "  make install\n",
  told: '  make install prefix="$pkg_prefix" PREFIX="$pkg_prefix"\n',
} as const;

/** The makefile does not say what is to be installed. */
function copied(name: string): string {
  return `  # The programs that it makes. The makefile has no \`install\`, so they are named here.
  mkdir -p "$pkg_prefix/bin"
  cp ${/^[\w.-]+$/.test(name) ? name : '"$pkg_name"'} "$pkg_prefix/bin/"
`;
}
