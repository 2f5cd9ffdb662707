pkg_name=postgresql-jdbc
pkg_origin=core
pkg_description="PostgreSQL for Java programs"
pkg_license=(BSD-2-Clause)
pkg_upstream_url=https://jdbc.postgresql.org
pkg_deb_packages=(libpostgresql-jdbc-java)
pkg_deb_drop=(share/maven-repo)
