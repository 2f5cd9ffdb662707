pkg_name=gcc
pkg_origin=core
pkg_description="GNU compilers for C and C++, with optimization of whole programs, without sanitizers"
pkg_license=('GPL-3.0-or-later WITH GCC-exception-3.1')
pkg_upstream_url=https://gcc.gnu.org
pkg_deb_packages=(gcc-12 cpp-12 g++-12 libgcc-12-dev libstdc++-12-dev gcc-12-base)
pkg_deb_ignore=('*')
__gcc="lib/gcc/$debian_triplet/12"
pkg_deb_drop=(
  bin/\*lto-dump\*
  "$__gcc"/{libcc1.so,plugin,g++-mapper-server}
  "$__gcc"/{libasan,libhwasan,libitm,liblsan,libquadmath,libsanitizer,libtsan,libubsan}\*
  share
)
pkg_deps=(
  core/glibc
  core/binutils
  core/gcc-libs
  core/glibc-dev
  core/gmp
  core/isl
  core/linux-headers
  core/mpc
  core/mpfr
  core/zlib
  core/zstd
)
pkg_bin_dirs=(bin)

# The compiler finds what is its own from where it is; the places of the host are taken out of it, and what it says to
# itself (its specs) names the C library's headers, start files and loader, and its own run-time libraries.
do_install() {
  local name program tools="$debian_triplet" glibc headers libc linux libraries specs
  glibc="$(pkg_path_for core/glibc)/$debian_lib"
  libc="$(pkg_path_for core/glibc-dev)"
  linux="$(pkg_path_for core/linux-headers)/include"
  libraries="$(pkg_path_for core/gcc-libs)/$debian_lib"
  debian_install
  for program in "$pkg_prefix"/bin/*-12; do ln -s "${program##*/}" "${program%-12}"; done
  ln -s gcc "$pkg_prefix/bin/cc"
  ln -s g++ "$pkg_prefix/bin/c++"
  # Assembler, linker and C library are looked for in a directory beside it for this kind of machine.
  mkdir "$pkg_prefix/$tools"
  ln -s "$(pkg_path_for core/binutils)/bin" "$pkg_prefix/$tools/bin"
  ln -s "$libc/$debian_lib" "$pkg_prefix/$tools/lib"
  debian_finish
  for name in cpp g++ gcc gcc-ar gcc-nm gcc-ranlib; do
    program="bin/$debian_triplet-$name-12"
    debian_edit_strings "$program" /usr/lib/gcc/ /hab/lib/gcc/
    debian_edit_strings "$program" /usr/bin/ /hab/bin/
  done
  # The end of this text serves as /lib/ too.
  for name in cpp g++ gcc; do debian_edit_strings "bin/$debian_triplet-$name-12" /usr/lib/ /hab/nil/; done
  headers="-isysroot $pkg_prefix/$tools %{!nostdinc:-idirafter $libc/include -idirafter $linux}"
  specs="$("$pkg_prefix/bin/gcc" -dumpspecs)"
  specs="${specs//\/lib64\/$debian_loader/$glibc/$debian_loader}"
  specs="${specs//\/lib\/$debian_loader/$glibc/$debian_loader}"
  specs="${specs/$'*cpp:\n'/$'*cpp:\n'%{!-sysroot=*:%{!isysroot*:$headers\}\} }"
  specs="${specs/$'*link_libgcc:\n'/$'*link_libgcc:\n'-L$libraries }"
  printf '%s\n' "$specs" >"$pkg_prefix/$__gcc/specs"
  # It knows its own headers; told of them, it would take them in the wrong order.
  pkg_include_dirs=()
}
