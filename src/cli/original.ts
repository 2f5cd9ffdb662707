// The commands of Habitat 2.1.78 (reference/cli.md §0). Those we do not have are told apart from mistyped words, and
// docs/compatibility.md is made from this list.

const TREE = `
bldr channel: create destroy list promote demote
cli: setup completers
config: apply show
file: upload
license: accept
origin: create delete depart info transfer
origin invitations: accept ignore list pending rescind send
origin key: download export generate import upload
origin rbac: show set
pkg: binds binlink build bulkupload channels config delete demote dependencies download env exec hash header info install
pkg: list path promote provides search sign uninstall upload verify
pkg export: container tar
plan: init render
ring key: export import generate
: studio supportbundle
sup: depart restart sh bash term run
sup secret: generate generate-tls
svc: load start status stop unload update
svc key: generate
user key: generate
`;

/** Words of every command of the original, without `hab`, in the order of its help. */
export const originalCommands: readonly string[] = TREE.trim()
  .split("\n")
  .flatMap((line) => {
    const [group = "", names = ""] = line.split(":");
    return names
      .trim()
      .split(/\s+/)
      .map((name) => `${group.trim()} ${name}`.trim());
  });
