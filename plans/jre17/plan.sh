pkg_name=jre17
pkg_origin=core
pkg_description="Java 17 for servers: without sound, fonts, JPEG, colour profiles and smart cards"
pkg_license=('GPL-2.0-only WITH Classpath-exception-2.0')
pkg_upstream_url=https://openjdk.org
pkg_deb_packages=(openjdk-17-jre-headless)
pkg_deb_ignore=(util-linux)
__java="lib/jvm/java-17-openjdk-$debian_architecture"
# The libraries are left out with which these parts would need a dozen more packages; so are what only compilers read and
# the archive of classes for heaps of more than 32 GB.
pkg_deb_drop=(
  lib/{debug,jvm/openjdk-17}
  "$__java"/{docs,man}
  "$__java"/lib/{libjsound,libfontmanager,liblcms,libjavajpeg,libj2pcsc}.so
  "$__java"/lib/{ct.sym,jexec,jar.binfmt,server/classes_nocoops.jsa}
  "$__java"/lib/security/cacerts
  share
)
pkg_deps=(core/glibc core/gcc-libs core/zlib)
pkg_bin_dirs=("$__java/bin")
pkg_lib_dirs=("$__java/lib" "$__java/lib/server")

do_setup_environment() {
  set_runtime_env JAVA_HOME "$pkg_prefix/$__java"
}

# Its configuration is linked to /etc.
do_install() {
  debian_install
  mkdir "$pkg_prefix/etc"
  cp -a "$CACHE_PATH/root/etc/java-17-openjdk" "$pkg_prefix/etc/"
  debian_finish
}
