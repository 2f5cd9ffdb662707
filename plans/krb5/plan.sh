source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=krb5
pkg_origin=core
pkg_description="Libraries of MIT Kerberos"
pkg_license=(MIT)
pkg_upstream_url=https://web.mit.edu/kerberos
debian_packages=(libgssapi-krb5-2 libkrb5-3 libk5crypto3 libkrb5support0)
pkg_deps=(core/glibc core/keyutils core/libcom-err core/openssl)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
