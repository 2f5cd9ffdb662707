pkg_name=busybox-static
pkg_origin=core
pkg_description="Many Unix tools in one static program: the shell and the commands of hooks"
pkg_license=(GPL-2.0-only)
pkg_upstream_url=https://busybox.net
pkg_deb_packages=(busybox-static)
pkg_deb_drop=(share)
pkg_bin_dirs=(bin)
pkg_interpreters=(bin/ash bin/sh bin/env)

do_install() {
  local applet
  debian_install
  while IFS= read -r applet; do
    if [[ "$applet" != busybox ]]; then ln -s busybox "$pkg_prefix/bin/$applet"; fi
  done < <("$pkg_prefix/bin/busybox" --list)
}
