# As core/jre17, with compiler and tools beside it in one directory, which is how they find each other.
source "$(dirname "${BASH_SOURCE[0]}")/../jre17/plan.sh"

pkg_name=openjdk17
pkg_description="Java 17 with its compiler and tools: without sound, fonts, JPEG, colour profiles and smart cards"
pkg_deb_packages=(openjdk-17-jdk-headless openjdk-17-jre-headless)
# What the compiler reads for --release stays here. What jlink and jpackage put together would look for its loader and C library on
# the host.
pkg_deb_drop=(
  "${pkg_deb_drop[@]/*ct.sym/bin/rmic}"
  "$__java"/{jmods,bin/jlink,bin/jmod,bin/jpackage}
)
