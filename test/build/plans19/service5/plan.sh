source "$(dirname "${BASH_SOURCE[0]}")/../service/plan.sh"
pkg_name=service5
pkg_version=5.0
