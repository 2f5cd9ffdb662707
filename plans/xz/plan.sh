source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=xz
pkg_origin=core
pkg_description="Compression in the format of xz: library and programs"
pkg_license=(0BSD)
pkg_upstream_url=https://tukaani.org/xz
debian_packages=(liblzma5 xz-utils)
pkg_deps=(core/glibc)
pkg_bin_dirs=(bin)
pkg_lib_dirs=("$debian_lib")
# Scripts, for the shell that services which only need the library would get.
debian_drop=(bin/{xzdiff,xzcmp,xzgrep,xzegrep,xzfgrep,xzless,xzmore,lzdiff,lzcmp,lzgrep,lzegrep,lzfgrep,lzless,lzmore} share)
