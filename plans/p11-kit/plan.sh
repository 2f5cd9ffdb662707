source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=p11-kit
pkg_origin=core
pkg_description="Loads PKCS #11 modules"
pkg_license=(BSD-3-Clause)
pkg_upstream_url=https://p11-glue.github.io/p11-glue/p11-kit.html
debian_packages=(libp11-kit0)
pkg_deps=(core/glibc core/libffi)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
