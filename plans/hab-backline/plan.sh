# The tools of a studio: what every plan finds there without naming it. No files, only dependencies. The studio runs
# `hab pkg exec chef/hab-backline bash`; `hab` itself, and the program that builds, it has from outside.
pkg_name=hab-backline
pkg_origin=chef
pkg_version=1.0.0
pkg_description="The tools of a studio"
pkg_license=(Apache-2.0)
pkg_deps=(
  core/bash
  core/binutils
  core/bzip2
  core/cacerts
  core/coreutils
  core/diffutils
  core/file
  core/findutils
  core/gawk
  core/grep
  core/gzip
  core/less
  core/make
  core/ncurses
  core/patch
  core/sed
  core/tar
  core/unzip
  core/util-linux
  core/vim
  core/wget
  core/xz
)

do_build() { return 0; }

do_install() { return 0; }
