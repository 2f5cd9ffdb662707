source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=gcc-libs
pkg_origin=core
pkg_description="Runtime libraries of the GNU compilers"
pkg_license=('GPL-3.0-or-later WITH GCC-exception-3.1')
pkg_upstream_url=https://gcc.gnu.org
debian_packages=(libgcc-s1 libstdc++6 libatomic1)
pkg_deps=(core/glibc)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
