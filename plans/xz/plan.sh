pkg_name=xz
pkg_origin=core
pkg_description="Compression in the format of xz: library and programs"
pkg_license=(0BSD)
pkg_upstream_url=https://tukaani.org/xz
pkg_deb_packages=(liblzma5 xz-utils liblzma-dev)
pkg_deps=(core/glibc)
pkg_bin_dirs=(bin)
pkg_lib_dirs=("$debian_lib")
pkg_include_dirs=(include)
pkg_pconfig_dirs=("$debian_lib/pkgconfig")
# Scripts, for the shell that services which only need the library would get.
pkg_deb_drop=("$debian_lib"/\*.a bin/{xzdiff,xzcmp,xzgrep,xzegrep,xzfgrep,xzless,xzmore,lzdiff,lzcmp,lzgrep,lzegrep,lzfgrep,lzless,lzmore} share)
