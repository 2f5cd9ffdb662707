pkg_name=jdk17
pkg_origin=core
pkg_version=17
pkg_description="Compiler and archiver of Java 17, for building; what is built runs with core/jre17"
pkg_license=('GPL-2.0-only WITH Classpath-exception-2.0')
pkg_upstream_url=https://openjdk.org
pkg_deps=(core/jre17 core/busybox-static)
pkg_bin_dirs=(bin)

do_build() { return 0; }

# The modules of core/jre17 hold them; only the programs that start them are missing there. What `--release` needs (the interfaces
# of older versions) is not: `-source` and `-target` work.
do_install() {
  local tool shell java
  shell="$(pkg_path_for core/busybox-static)/bin/sh"
  java="$(echo "$(pkg_path_for core/jre17)"/lib/jvm/java-17-openjdk-*/bin/java)"
  mkdir -p "$pkg_prefix/bin"
  for tool in javac=jdk.compiler/com.sun.tools.javac.Main jar=jdk.jartool/sun.tools.jar.Main; do
    printf '#!%s\nexec %s -XX:TieredStopAtLevel=1 -m %s "$@"\n' "$shell" "$java" "${tool#*=}" >"$pkg_prefix/bin/${tool%%=*}"
    chmod 0755 "$pkg_prefix/bin/${tool%%=*}"
  done
}
