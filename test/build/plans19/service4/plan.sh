source '../service/plan.sh'
pkg_name=service4
pkg_version=4.0
