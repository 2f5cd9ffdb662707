source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=pcre2
pkg_origin=core
pkg_description="Regular expressions like those of Perl"
pkg_license=(BSD-3-Clause)
pkg_upstream_url=https://www.pcre.org
debian_packages=(libpcre2-8-0)
pkg_deps=(core/glibc)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
