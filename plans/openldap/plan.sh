source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=openldap
pkg_origin=core
pkg_description="Client libraries of LDAP"
pkg_license=(OLDAP-2.8)
pkg_upstream_url=https://www.openldap.org
debian_packages=(libldap-2.5-0)
pkg_deps=(core/glibc core/cyrus-sasl core/gnutls)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
