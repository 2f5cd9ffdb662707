pkg_name=python
pkg_origin=core
pkg_description="Python 3.11 with its standard library and pip"
pkg_license=(PSF-2.0)
pkg_upstream_url=https://www.python.org
pkg_deb_packages=(
  python3.11-minimal libpython3.11-minimal libpython3.11-stdlib python3.11 python3-distutils python3-pip-whl python3-setuptools-whl
)
# The parts for NIS and for databases of Berkeley DB, and what only documentation and packaging read.
pkg_deb_ignore=(ca-certificates libdb5.3 libnsl2 libtirpc3 libuuid1 python3 python3-lib2to3)
pkg_deb_drop=(
  bin/pygettext\* bin/pydoc\* lib/python3.11/lib-dynload/{_dbm,nis,_uuid}\* lib/valgrind
  share/{applications,binfmts,lintian,pixmaps,python3,menu}
)
pkg_deps=(
  core/glibc
  core/bzip2
  core/cacerts
  core/expat
  core/libffi
  core/libxcrypt
  core/ncurses
  core/openssl
  core/readline
  core/sqlite
  core/xz
  core/zlib
)
pkg_bin_dirs=(bin)
pkg_interpreters=(bin/python3 bin/python3.11)

# It finds its library by where it is itself. pip is used as Debian keeps it for virtual environments: in an archive, which
# Python runs as it is.
do_install() {
  local wheel
  debian_install
  for wheel in python python3; do ln -s python3.11 "$pkg_prefix/bin/$wheel"; done
  for wheel in "$pkg_prefix"/share/python-wheels/pip-*.whl; do
    printf '#!%s\n' "$pkg_prefix/bin/python3.11" >"$pkg_prefix/bin/pip3"
    printf '%s\n' 'import sys' "sys.path.insert(0, '$wheel')" 'from pip._internal.cli.main import main' \
      'sys.exit(main())' >>"$pkg_prefix/bin/pip3"
  done
  chmod 0755 "$pkg_prefix/bin/pip3"
  ln -s pip3 "$pkg_prefix/bin/pip"
  debian_finish
}
