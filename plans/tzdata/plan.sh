pkg_name=tzdata
pkg_origin=core
pkg_description="Time zones of the world"
pkg_license=(LicenseRef-public-domain)
pkg_upstream_url=https://www.iana.org/time-zones
pkg_deb_packages=(tzdata)
# The host's own zone, and the same zones twice more.
pkg_deb_drop=(share/zoneinfo/localtime share/zoneinfo/posix share/zoneinfo/right)
