source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=libselinux
pkg_origin=core
pkg_description="Library for the labels of Security-Enhanced Linux"
pkg_license=(libselinux-1.0)
pkg_upstream_url=https://github.com/SELinuxProject/selinux
debian_packages=(libselinux1)
pkg_deps=(core/glibc core/pcre2)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
