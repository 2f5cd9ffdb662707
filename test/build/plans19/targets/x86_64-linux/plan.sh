source ../plan.sh
pkg_version=2.0
