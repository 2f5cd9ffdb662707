pkg_name=scaffolded
pkg_origin=acme
pkg_version=1.0
pkg_scaffolding="$pkg_origin/scaffolder"
pkg_build_deps=("$pkg_origin/web")
