source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=tzdata
pkg_origin=core
pkg_description="Time zones of the world"
pkg_license=(LicenseRef-public-domain)
pkg_upstream_url=https://www.iana.org/time-zones
debian_packages=(tzdata)
# The host's own zone, and the same zones twice more.
debian_drop=(share/zoneinfo/localtime share/zoneinfo/posix share/zoneinfo/right)
