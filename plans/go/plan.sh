pkg_name=go
pkg_origin=core
pkg_description="Go 1.19: compiler and standard library"
pkg_license=(BSD-3-Clause)
pkg_upstream_url=https://go.dev
pkg_deb_packages=(golang-1.19-go golang-1.19-src)
pkg_deb_ignore=('*')
# What only tests and people read, scripts for other systems, and the commands' own parts, which no program is made of.
pkg_deb_drop=(
  lib/go-1.19/{misc,test,api,pkg/linux_amd64/cmd}
  share/go-1.19/{api,doc,misc,test}
  share/go-1.19/src/cmd
  'share/go-1.19/src/**/testdata' 'share/go-1.19/src/**/*_test.go' 'share/go-1.19/src/**/*.{sh,pl,bash,bat,rc}'
)
pkg_deps=(core/glibc)
pkg_bin_dirs=(lib/go-1.19/bin)

do_setup_environment() {
  set_buildtime_env GOROOT "$pkg_prefix/lib/go-1.19"
  # Programs without C need nothing when they run, and no compiler for it here.
  set_buildtime_env CGO_ENABLED 0
  # Nothing is asked of the address of the project that makes Go, and nothing downloaded from it.
  set_buildtime_env GOTOOLCHAIN local
}
