# The launcher by the name that people know from Habitat: a link into the hab-sup of the same origin, which is the whole program.
source "$(dirname "${BASH_SOURCE[0]}")/../hab-sup/plan.sh"

pkg_name=hab-launcher
pkg_description="The launcher of hab, which keeps the Supervisor and its services"
pkg_deps=("${HAB_ORIGIN:-core}/hab-sup")

do_check() { return 0; }

do_install() {
  mkdir -p "$pkg_prefix/bin"
  ln -s "$(pkg_path_for hab-sup)/bin/hab-launch" "$pkg_prefix/bin/hab-launch"
}

do_after() { verify_hermetic; }
