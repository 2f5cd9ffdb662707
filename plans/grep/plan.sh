pkg_name=grep
pkg_origin=core
pkg_description="Search for lines that match"
pkg_license=(GPL-3.0-or-later)
pkg_upstream_url=https://www.gnu.org/software/grep
pkg_deb_packages=(grep)
pkg_deps=(core/glibc core/bash core/pcre2)
# Only Debian has it.
pkg_deb_drop=(bin/rgrep share)
pkg_bin_dirs=(bin)
