source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=pcre2
pkg_origin=core
pkg_description="Regular expressions like those of Perl"
pkg_license=(BSD-3-Clause)
pkg_upstream_url=https://www.pcre.org
debian_packages=(libpcre2-8-0 libpcre2-dev)
pkg_deps=(core/glibc)
pkg_lib_dirs=("$debian_lib")
pkg_include_dirs=(include)
pkg_pconfig_dirs=("$debian_lib/pkgconfig")
debian_drop=(bin "$debian_lib"/libpcre2-{16,32,posix}.so "$debian_lib"/pkgconfig/libpcre2-{16,32,posix}.pc "$debian_lib"/\*.a share)
