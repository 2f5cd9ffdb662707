source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=opentracing-c-wrapper
pkg_origin=core
pkg_description="C interface of opentracing-cpp"
pkg_license=(Apache-2.0)
pkg_upstream_url=https://github.com/haproxytech/opentracing-c-wrapper
debian_packages=(libopentracing-c-wrapper0)
pkg_deps=(core/glibc core/gcc-libs core/opentracing-cpp)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
