source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=opentracing-cpp
pkg_origin=core
pkg_description="Interface for distributed tracing"
pkg_license=(Apache-2.0)
pkg_upstream_url=https://opentracing.io
debian_packages=(libopentracing1)
pkg_deps=(core/glibc core/gcc-libs)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
