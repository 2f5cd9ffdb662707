pkg_name=scaffolded-own
pkg_origin=acme
pkg_version=1.0
pkg_scaffolding=acme/scaffolder
pkg_source="$PLAN_URL/hello-1.0.tar.gz"
pkg_filename=hello-1.0.tar.gz
pkg_shasum=b8a8fd6ab24bb63938c1f7284f492d6c9917eb6398abc647ed028c317c5c1223
pkg_dirname=hello-1.0
do_download() { do_default_download; echo own >"$PLAN_CONTEXT/downloaded"; }
do_build() { echo "own build" >built; }
do_install() { do_default_install; }
