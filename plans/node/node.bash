#!@bash@
# Node.js with the parts of it that are written in JavaScript (plan.sh says why).
exec 200<"@prefix@/share/nodejs"
exec -a "$0" "@prefix@/libexec/node" "$@"
