pkg_name=lua53
pkg_origin=core
pkg_description="Library of the Lua language, version 5.3"
pkg_license=(MIT)
pkg_upstream_url=https://www.lua.org
pkg_deb_packages=(liblua5.3-0)
pkg_deb_ignore=(libgcc-s1 libstdc++6)
pkg_deps=(core/glibc)
pkg_lib_dirs=("$debian_lib")
# And the variant for C++.
pkg_deb_drop=(share "$debian_lib"/"liblua5.3-c++"*)
