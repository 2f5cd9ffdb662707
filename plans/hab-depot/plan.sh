# The depot as a service: a link into the hab-sup of the same origin, which is the whole program, and hooks that run it.
source "$(dirname "${BASH_SOURCE[0]}")/../hab-sup/plan.sh"

pkg_name=hab-depot
pkg_description="The depot: where packages live and releases happen"
pkg_deps=("${HAB_ORIGIN:-core}/hab-sup" core/busybox-static core/cacerts)
pkg_exports=(
  [port]=port
)
pkg_exposes=(port)
# Running uploads and downloads have ten seconds to end.
pkg_shutdown_timeout_sec=30

do_check() { return 0; }

do_install() {
  mkdir -p "$pkg_prefix/bin"
  ln -s "$(pkg_path_for hab-sup)/bin/hab" "$pkg_prefix/bin/hab"
}
