pkg_name=tomcat10
pkg_origin=core
pkg_description="Web server for Java servlets and JSP, to be started by packages of applications"
pkg_license=(Apache-2.0)
pkg_upstream_url=https://tomcat.apache.org
pkg_deb_packages=(tomcat10-common libtomcat10-java tomcat10)
pkg_deb_ignore=(default-jre-headless)
# Scripts of the host; a run hook starts Java itself (see plans/visits).
pkg_deb_drop=(lib libexec share/maven-repo share/tomcat10/bin/\*.sh share/tomcat10/default.template share/tomcat10/logrotate.template)
pkg_deps=(core/eclipse-jdt-core)

# Pages (JSP) are compiled when they are asked for first.
do_install() {
  debian_install
  debian_finish
  ln -s "$(pkg_path_for core/eclipse-jdt-core)/share/java/eclipse-jdt-core.jar" "$pkg_prefix/share/tomcat10/lib/"
}
