source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=cyrus-sasl
pkg_origin=core
pkg_description="Library of the Simple Authentication and Security Layer, without plugins"
pkg_license=(BSD-4-Clause-UC)
pkg_upstream_url=https://www.cyrusimap.org/sasl
debian_packages=(libsasl2-2)
pkg_deps=(core/glibc core/openssl)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
