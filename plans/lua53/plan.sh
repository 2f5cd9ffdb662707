source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=lua53
pkg_origin=core
pkg_description="Library of the Lua language, version 5.3"
pkg_license=(MIT)
pkg_upstream_url=https://www.lua.org
debian_packages=(liblua5.3-0)
pkg_deps=(core/glibc)
pkg_lib_dirs=("$debian_lib")
# And the variant for C++.
debian_drop=(share "$debian_lib"/"liblua5.3-c++"*)
