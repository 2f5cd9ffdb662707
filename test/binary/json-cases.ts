// One run or more of every command that has `--json`, in an order in which each finds what it needs: keys first, then the
// depot, packages, and the Supervisor. A new command gets its line here and its schema in src/cli/json-schemas/.
import type { JsonWorld } from "./json-world.ts";

export interface JsonCase {
  /** The command's words, as in src/cli/commands.ts. */
  readonly words: string;
  /** What follows `--json`. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** The document is printed and the command goes on: it is ended with SIGTERM then. */
  readonly goesOn?: true;
}

const WEB = "acme/web/3.0.0/20260101000003";
const LIB = "acme/lib/2.1.0/20260101000002";
const TINY = "acme/tiny/0.1.0/20260101000000";
const BUILT = "20260101000004";

export function jsonCases(world: JsonWorld): readonly JsonCase[] {
  const { at } = world;
  const signed = at("signed.hart");
  const built = at(`results/acme-built-1.0-${BUILT}-x86_64-linux.hart`);
  return [
    { words: "self-check" },
    {
      words: "doctor",
      // Port 0 is free whatever else runs on this machine.
      env: {
        HAB_LISTEN_HTTP: "127.0.0.1:0",
        HAB_LISTEN_CTL: "127.0.0.1:0",
        HAB_LISTEN_GOSSIP: "127.0.0.1:0",
      },
    },
    { words: "license accept" },
    { words: "license accept" },

    { words: "origin key generate", args: ["north"] },
    { words: "origin key export", args: ["north"] },
    { words: "origin key export", args: ["--type", "secret", "north"] },
    { words: "origin key import", stdin: world.key("stranger-20261123072809.pub") },
    { words: "origin key import", stdin: world.key("acme-20261123072809.sig.key") },
    { words: "user key generate", args: ["alice"] },
    { words: "svc key generate", args: ["redis.default", "north"] },
    { words: "ring key generate", args: ["production"] },
    { words: "ring key export", args: ["production"] },
    { words: "ring key import", stdin: world.ringKey },
    { words: "ring simulate", args: ["--scenario", "leader-crash"] },
    { words: "ring simulate", args: ["--scenario", "rumor", "--members", "4", "--seeds", "2"] },
    { words: "ring simulate", args: ["--scenario", "list"] },

    { words: "depot openapi" },
    { words: "depot run", args: ["--listen", "127.0.0.1:0", "--data", at("other-depot")], goesOn: true },
    { words: "depot user create", args: ["alice", "--data", world.depotData, "--email", "alice@localhost"] },
    { words: "depot token create", args: ["alice", "--data", world.depotData] },
    { words: "depot token create", args: ["alice", "--data", world.depotData, "--days", "9"] },
    {
      words: "depot user password",
      args: ["alice", "--data", world.depotData],
      stdin: "correct horse battery staple\n",
    },
    { words: "depot user disable", args: ["alice", "--data", world.depotData] },
    { words: "depot user enable", args: ["alice", "--data", world.depotData] },
    { words: "depot token list", args: ["--data", world.depotData] },
    { words: "depot token expire", args: [world.spareTokens[0], "--data", world.depotData, "--days", "7"] },
    { words: "depot token revoke", args: [world.spareTokens[1], "--data", world.depotData] },
    { words: "depot user list", args: ["--data", world.depotData] },
    { words: "depot user remove", args: ["spare", "--data", world.depotData] },
    { words: "depot install-unit", args: ["--print", "--data", at("served")] },
    { words: "depot install-unit", args: ["--directory", at("."), "--data", at("served")] },
    {
      words: "depot token create",
      args: ["alice", "--data", world.depotData, "--origin", "acme", "--may", "upload"],
    },
    {
      words: "depot token import",
      args: ["alice", "--data", world.depotData],
      stdin: `${world.originalToken}\n`,
    },
    { words: "origin create", args: ["acme"] },
    { words: "origin create", args: ["acme"] },
    { words: "origin info", args: ["acme"] },
    { words: "origin key upload", args: ["acme", "--secret"] },
    { words: "origin key upload", args: ["acme"] },
    { words: "origin key download", args: ["acme"] },
    { words: "origin key download", args: ["acme"], env: { HAB_CACHE_KEY_PATH: at("other-keys") } },

    { words: "pkg verify", args: [world.hart("web")] },
    ...["container", "systemd", "tar"].map((format) => ({
      words: `pkg export ${format}`,
      args: ["--hab-pkg", "chef/hab", world.exports.hart("acme/web"), "--output", at(`export-${format}`)],
      env: world.exports.env,
    })),
    { words: "pkg header", args: [world.hart("web")] },
    { words: "pkg header", args: [at("default.toml")] },
    { words: "pkg info", args: [world.hart("web")] },
    { words: "pkg hash", args: [world.hart("web")] },
    { words: "pkg hash", stdin: `${world.hart("web")}\n${world.hart("lib")}\n` },
    { words: "pkg sign", args: ["--origin", "acme", at("default.toml"), signed] },
    { words: "pkg upload", args: [world.hart("web"), world.hart("tiny")] },
    { words: "pkg upload", args: [world.hart("web")] },
    { words: "pkg search", args: ["acme"] },
    { words: "pkg search", args: ["nothing-like-it"] },
    { words: "bldr channel create", args: ["testing", "-o", "acme"] },
    { words: "bldr channel list", args: ["acme"] },
    { words: "pkg promote", args: [TINY, "testing"] },
    { words: "pkg channels", args: [TINY] },
    { words: "bldr channel promote", args: ["testing", "stable", "-o", "acme"] },
    { words: "bldr channel demote", args: ["testing", "stable", "-o", "acme"] },
    { words: "pkg demote", args: [TINY, "testing"] },
    { words: "bldr channel destroy", args: ["testing", "-o", "acme"] },
    { words: "pkg download", args: ["acme/web", "-c", "unstable", "--download-directory", at("bundle")] },
    { words: "pkg download", args: ["acme/web", "-c", "unstable", "--download-directory", at("bundle")] },

    { words: "pkg bulkupload", args: [at("bundle")] },
    { words: "depot check", args: ["--data", world.depotData] },
    { words: "depot prune", args: ["--data", world.depotData, "--dry-run", "--days", "0", "--keep", "0"] },
    { words: "depot backup", args: [at("depot.tar"), "--data", world.depotData] },
    { words: "depot restore", args: [at("depot.tar"), "--data", at("restored")] },
    {
      words: "depot export",
      args: [at("bundle.tar"), "acme/web", "--key", "acme", "--data", world.depotData],
    },
    { words: "depot user create", args: ["owner", "--data", at("mirror")] },
    { words: "depot import", args: [at("bundle.tar"), "--owner", "owner", "--data", at("mirror")] },
    {
      words: "depot mirror",
      args: [world.depotUrl, "--channel", "acme/unstable", "--owner", "owner", "--data", at("mirror")],
    },
    ...[
      { words: "pkg delete", args: [TINY] },
      { words: "origin delete", args: ["acme"] },
      { words: "origin depart", args: ["acme"] },
      { words: "origin transfer", args: ["acme", "bob"] },
      { words: "origin invitations list" },
      { words: "origin invitations pending", args: ["acme"] },
      { words: "origin invitations accept", args: ["acme", "1"] },
      { words: "origin invitations ignore", args: ["acme", "1"] },
      { words: "origin invitations rescind", args: ["acme", "1"] },
      { words: "origin invitations send", args: ["acme", "bob"] },
      { words: "origin rbac show", args: ["-o", "acme", "bob"] },
      { words: "origin rbac set", args: ["-o", "acme", "--no-prompt", "bob", "maintainer"] },
    ].map((each) => ({ ...each, env: { HAB_BLDR_URL: world.membersUrl } })),

    { words: "pkg install", args: ["acme/web", "-c", "unstable"] },
    { words: "pkg install", args: [world.hart("tiny")] },
    { words: "pkg list", args: ["--all"] },
    { words: "pkg path", args: ["acme/web"] },
    { words: "pkg env", args: ["acme/web"] },
    { words: "pkg binds", args: [world.written] },
    { words: "pkg config", args: [world.written] },
    { words: "pkg config", args: [LIB] },
    { words: "pkg dependencies", args: ["acme/web", "--transitive"] },
    { words: "pkg dependencies", args: [LIB, "--reverse"] },
    { words: "pkg why", args: ["acme/web", "acme/base", "--all"] },
    { words: "pkg verify", args: ["acme/web"] },
    { words: "pkg provides", args: ["greet"] },
    { words: "pkg binlink", args: [world.written, "--dest", "/links"] },
    { words: "pkg binlink", args: [world.written, "--dest", "/links"] },
    { words: "pkg pin", args: [WEB] },
    { words: "pkg pin" },
    { words: "pkg gc", args: ["--dry-run", "--all", "--cache"] },
    { words: "pkg unpin", args: [WEB] },
    { words: "pkg uninstall", args: [WEB, "--dryrun"] },
    { words: "pkg uninstall", args: [WEB] },
    { words: "pkg gc", args: ["--yes"] },
    {
      words: "pkg build",
      args: ["--no-studio", "plan", "--release", BUILT],
      env: { NO_INSTALL_DEPS: "true" },
    },
    { words: "pkg sbom", args: [built] },
    { words: "pkg sbom", args: ["acme/built"] },
    { words: "pkg provenance", args: [built] },
    { words: "pkg provenance", args: [built, "--signed", `${built}.intoto.jsonl`] },
    { words: "pkg uninstall", args: [`acme/built/1.0/${BUILT}`] },
    {
      words: "pkg build",
      args: ["--no-studio", "plan", "--check", built],
      env: { NO_INSTALL_DEPS: "true" },
    },
    { words: "plan check", args: ["plan"] },
    { words: "plan check", args: ["--rules"] },
    { words: "plan init", args: ["-o", "acme", at("new-plan")] },
    { words: "plan order", args: ["plan"] },
    { words: "plan rebuild", args: ["plan", "--all", "--no-studio"], env: { NO_INSTALL_DEPS: "true" } },
    { words: "plan rebuild", args: ["plan", "--dry-run"] },
    { words: "plan render", args: [at("t.conf"), "-d", at("default.toml"), "-r", at("rendered")] },
    { words: "plan render", args: [at("t.conf"), "-d", at("default.toml"), "--no-render"] },

    { words: "sup secret generate" },
    {
      words: "sup secret generate-tls",
      args: ["--subject-alternative-name", "sup.example.com", at("ctl")],
    },
    { words: "sup install-unit", args: ["--print", "acme/web", "--peer", "10.0.0.1"] },
    { words: "sup install-unit", args: ["--directory", at("."), "--ring-key", "SYM-SEC-1"] },
    { words: "supportbundle" },
    { words: "svc load", args: ["acme/app"] },
    { words: "svc start", args: ["acme/app"] },
    { words: "svc update", args: ["acme/app", "--strategy", "at-once"] },
    { words: "svc status" },
    { words: "svc logs" },
    { words: "svc logs", args: ["acme/app", "--lines", "1", "--since", "1h"] },
    { words: "svc stop", args: ["acme/app"] },
    { words: "stop", args: ["acme/app"] },
    { words: "svc unload", args: ["acme/app"] },
    { words: "config show", args: ["app.default"] },
    { words: "config show", args: ["acme/plain"] },
    { words: "config apply", args: ["app.default", "9007199254740993", at("default.toml")] },
    { words: "file upload", args: ["app.default", "2", at("default.toml")] },
    { words: "ring status" },
    { words: "ring members" },
    { words: "ring rumors" },
    { words: "ring rumors", args: ["--kind", "election"] },
    { words: "ring health" },
    { words: "sup depart", args: ["0123456789abcdef0123456789abcdef"] },
    { words: "sup restart" },
    { words: "sup term" },
    { words: "hab-sup term" },
  ];
}
