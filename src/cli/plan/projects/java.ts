// Plans for programs in Java: built by javac where there are only sources, else what Maven or Gradle made of them.
import type { Draft, ProjectFiles } from "./project.ts";

const BUILDS = [
  { file: "pom.xml", tool: "mvn package", jars: "target" },
  { file: "build.gradle", tool: "gradle build", jars: "build/libs" },
  { file: "build.gradle.kts", tool: "gradle build", jars: "build/libs" },
] as const;
const SOURCES = ["src/main/java", "src", "."];
/** Deeper than this nobody keeps a class to start with. */
const MAX_DEPTH = 8;

/** Undefined where it is none. */
export function javaDraft(files: ProjectFiles): Draft | undefined {
  const build = BUILDS.find(({ file }) => files.has(file));
  if (build !== undefined) return fromJar(build);
  for (const directory of SOURCES) {
    const main = mainClass(files, directory, MAX_DEPTH);
    if (main !== undefined)
      return fromSources(
        directory,
        main,
        files.list("lib").some((name) => name.endsWith(".jar")),
      );
  }
  return undefined;
}

const COMMON = {
  environment: ["export PORT={{cfg.port}}"],
} as const;
const JAVA = '"$JAVA_HOME/bin/java" {{cfg.java_options}} -Djava.io.tmpdir={{pkg.svc_var_path}}';

function fromJar({ tool, jars }: (typeof BUILDS)[number]): Draft {
  return {
    ...COMMON,
    found: `a program in Java, built by \`${tool}\``,
    deps: ["core/jre17", "core/busybox-static"],
    phases: `# The jar that \`${tool}\` made, with all it needs inside: a build of the package needs no network, and packs what was tested.
do_build() {
  local jar
  __jar=
  for jar in ${jars}/*.jar; do
    case "$jar" in
      *-sources.jar | *-javadoc.jar | *-plain.jar | */original-*) ;;
      *) if [[ -f "$jar" ]]; then __jar="$jar"; fi ;;
    esac
  done
  if [[ -z "$__jar" ]]; then exit_with "There is no jar in ${jars}. Run \\\`${tool}\\\` in the project, then build again" 1; fi
}

do_install() {
  mkdir -p "$pkg_prefix/lib"
  cp "$__jar" "$pkg_prefix/lib/$pkg_name.jar"
}
`,
    run: `exec ${JAVA} -jar {{pkg.path}}/lib/{{pkg.name}}.jar`,
  };
}

function fromSources(directory: string, main: string, hasLibraries: boolean): Draft {
  const resources = directory === "src/main/java" ? "src/main/resources" : "resources";
  return {
    ...COMMON,
    found: `a program in Java, started with the class ${main}`,
    deps: ["core/jre17", "core/busybox-static"],
    buildDeps: ["core/openjdk17"],
    phases: `do_build() {
  local file sources=() libraries=()
  rm -rf "\${CACHE_PATH:?}/classes"
  mkdir -p "$CACHE_PATH/classes"
  shopt -s globstar nullglob
  sources=(${directory === "." ? "" : `${directory}/`}**/*.java)
  libraries=(lib/*.jar)
  javac -encoding UTF-8 -d "$CACHE_PATH/classes" -cp "$(join_by : "\${libraries[@]}")" "\${sources[@]}"
  shopt -u globstar nullglob
  # What the program reads from its class path.
  if [[ -d ${resources} ]]; then cp -a ${resources}/. "$CACHE_PATH/classes/"; fi
}

do_install() {
  mkdir -p "$pkg_prefix/lib"
  jar --create --file "$pkg_prefix/lib/$pkg_name.jar" --date="$(date -u -d "@\${SOURCE_DATE_EPOCH:-0}" +%Y-%m-%dT%H:%M:%SZ)" \\
    -C "$CACHE_PATH/classes" .
${hasLibraries ? '  cp lib/*.jar "$pkg_prefix/lib/"\n' : ""}}
`,
    run: `exec ${JAVA} -cp '{{pkg.path}}/lib/*' ${main}`,
  };
}

/** The first class with a \`main\`, by its full name. */
function mainClass(files: ProjectFiles, directory: string, depth: number): string | undefined {
  const names = files.list(directory);
  for (const name of names.filter((each) => each.endsWith(".java"))) {
    const text = files.read(`${directory}/${name}`) ?? "";
    if (!/\bstatic\s+void\s+main\s*\(/.test(text)) continue;
    const unit = /^\s*package\s+([\w.]+)\s*;/m.exec(text)?.[1];
    const simple = name.slice(0, -".java".length);
    return unit === undefined ? simple : `${unit}.${simple}`;
  }
  if (depth === 0) return undefined;
  for (const name of names.filter(
    (each) => !each.includes(".") && !["test", "lib", "habitat", "results"].includes(each),
  )) {
    const found = mainClass(files, `${directory}/${name}`, depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
