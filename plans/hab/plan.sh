# The command line by the name that people know from Habitat: a link into the hab-sup of the same origin, which is the whole program.
source "$(dirname "${BASH_SOURCE[0]}")/../hab-sup/plan.sh"

pkg_name=hab
pkg_description="The command line of hab"
pkg_deps=("${HAB_ORIGIN:-core}/hab-sup")

do_check() { return 0; }

do_install() {
  mkdir -p "$pkg_prefix/bin"
  ln -s "$(pkg_path_for hab-sup)/bin/hab" "$pkg_prefix/bin/hab"
}

do_after() { verify_hermetic; }
