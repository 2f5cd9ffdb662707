source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=postgresql-jdbc
pkg_origin=core
pkg_description="PostgreSQL for Java programs"
pkg_license=(BSD-2-Clause)
pkg_upstream_url=https://jdbc.postgresql.org
debian_packages=(libpostgresql-jdbc-java)
debian_drop=(share/maven-repo)
