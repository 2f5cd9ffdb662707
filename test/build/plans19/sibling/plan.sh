source "$(dirname "${BASH_SOURCE[0]}")/../checked/plan.sh"
pkg_name=sibling
pkg_build_deps=()
pkg_deps+=(acme/web)
unset -f do_check
