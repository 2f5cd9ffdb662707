pkg_name=binutils
pkg_origin=core
pkg_description="Linker, assembler and tools for object files"
pkg_license=(GPL-3.0-or-later)
pkg_upstream_url=https://www.gnu.org/software/binutils
pkg_deb_packages=("binutils-${debian_triplet//_/-}" libbinutils libctf0 libctf-nobfd0 binutils-common)
pkg_deb_ignore=(libgprofng0 libgcc-s1 libstdc++6)
# The gold linker and the profilers, for the C++ library that only they need; copies of what is compiled in.
pkg_deb_drop=(
  bin/\*{gold,dwp,gprof,gprofng,gp-archive,gp-collect-app,gp-display-html,gp-display-src,gp-display-text}
  "$debian_lib"/{gprofng,ldscripts}
  share
)
pkg_deps=(core/glibc core/bash core/jansson core/zlib core/zstd)
pkg_bin_dirs=(bin)
pkg_lib_dirs=("$debian_lib")

# The linker is called through a script that says where programs find their interpreter and their libraries (ld.bash). The
# linker's own search path would be the host's.
do_install() {
  local program ld="libexec/ld"
  debian_install
  rm -f "$pkg_prefix/bin/$debian_triplet"-ld{,.bfd}
  mkdir -p "$pkg_prefix/libexec"
  cp "$CACHE_PATH/root/bin/$debian_triplet-ld.bfd" "$pkg_prefix/$ld"
  # The names with the kind of machine are those of the programs, in a package of Debian for all kinds.
  for program in "$pkg_prefix/bin/$debian_triplet"-*; do
    ln -s "${program##*/}" "$pkg_prefix/bin/${program##*/"$debian_triplet"-}"
  done
  sed --expression="s|@bash@|$(pkg_path_for core/bash)/bin/bash|" \
    --expression="s|@ld@|$pkg_prefix/$ld|" \
    --expression="s|@libc@|$(pkg_path_for core/glibc)/$debian_lib|" \
    --expression="s|@loader@|$debian_loader|" "$PLAN_CONTEXT/ld.bash" >"$pkg_prefix/bin/ld"
  chmod 0755 "$pkg_prefix/bin/ld"
  for program in ld.bfd "$debian_triplet-ld" "$debian_triplet-ld.bfd"; do ln -s ld "$pkg_prefix/bin/$program"; done
  debian_finish
  debian_edit_strings "$ld" '"=/usr/' '"=/hab/'
  debian_edit_strings "$ld" '"=/lib' '"=/hab'
  debian_edit_strings "$ld" /etc/ld.so.conf /hab/ld.so.conf
}
