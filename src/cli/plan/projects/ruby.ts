// Plans for programs in Ruby: a Gemfile, config.ru or a file that starts them.
import type { Draft, ProjectFiles } from "./project.ts";
import { COPY_PROJECT } from "./text.ts";

const ENTRIES = ["app.rb", "server.rb", "main.rb"];

/** Undefined where it is none. */
export function rubyDraft(files: ProjectFiles): Draft | undefined {
  const sources = files.list(".").filter((name) => name.endsWith(".rb"));
  if (!files.has("Gemfile") && !files.has("config.ru") && sources.length === 0) return undefined;
  const hasGems = files.has("Gemfile.lock");
  const isRack = files.has("config.ru");
  const entry = ENTRIES.find((name) => files.has(name)) ?? sources[0] ?? "app.rb";
  const ruby = '{{pkgPathFor "core/ruby"}}/bin/ruby';
  const bundled = hasGems ? " -rbundler/setup" : "";
  return {
    found: `a program in Ruby, started ${isRack ? "by rackup" : `with ${entry}`}`,
    deps: ["core/ruby", "core/busybox-static"],
    phases: `do_build() {
${hasGems ? GEMS : "  return 0\n"}}

${COPY_PROJECT}`,
    environment: [
      "export PORT={{cfg.port}} RACK_ENV=production",
      // Relative to the application: what it needs is packed with it.
      ...(hasGems
        ? ["export BUNDLE_PATH=vendor/bundle BUNDLE_WITHOUT=development:test BUNDLE_FROZEN=true"]
        : []),
    ],
    run: isRack
      ? `exec ${ruby} -rbundler/setup -S rackup --host 0.0.0.0 --port {{cfg.port}}`
      : `exec ${ruby}${bundled} ${entry}`,
  };
}

const GEMS = `  # The gems it requires are taken as they are: a build needs no network, and packs what was tested.
  if [[ ! -d vendor/bundle ]]; then
    exit_with "There is no vendor/bundle here. Run \\\`bundle config set --local path vendor/bundle && bundle install\\\`" 1
  fi
`;
