pkg_name=eclipse-jdt-core
pkg_origin=core
pkg_description="Java compiler of Eclipse"
pkg_license=(EPL-2.0)
pkg_upstream_url=https://www.eclipse.org/jdt/core
pkg_deb_packages=(libeclipse-jdt-core-java)
pkg_deb_drop=(share/maven-repo)
