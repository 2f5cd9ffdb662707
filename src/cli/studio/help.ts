// `hab studio help`.

export const STUDIO_HELP = `hab studio: clean rooms to build and try packages in

EXAMPLES:
    hab studio enter                     a shell in the studio of this directory
    hab studio build plans/redis         a package from a plan
    hab studio -k acme run 'hab pkg list --all'
    hab studio rm                        take the studio away

USAGE:
    hab studio [OPTIONS] COMMAND [ARGS]

COMMANDS (a beginning is enough, except for rm):
    new                  Make the studio of this directory, if it is not there
    enter                A shell in it
    run COMMAND...       Run a command line in it
    build [-R] [PLAN]    Build a plan in a new one; with -R in the one that is there
    rm                   Take it away
    version              Print the version
    help                 Print this

OPTIONS (before the command; the variable means the same):
    -k KEYS              Origins whose keys are brought, separated by commas [HAB_ORIGIN_KEYS, else HAB_ORIGIN]
    -s SRC_PATH          Directory shown as /src [SRC_PATH; default: the present one]
    -r STUDIO_ROOT       Root of the studio [HAB_STUDIO_ROOT; default: one for each SRC_PATH below HAB_STUDIOS_HOME]
    -t STUDIO_TYPE       default, bootstrap or busybox [STUDIO_TYPE]
    -f CHANNEL           Channel of dependencies of the origin core [HAB_REFRESH_CHANNEL]
    -a ARTIFACT_PATH     Artifact cache that is shown [ARTIFACT_PATH]
    -c CERT_PATH         Certificates that are shown [CERT_PATH]
    -n, -N, -M           Show no source directory, no artifacts, no certificates [NO_SRC_PATH, NO_ARTIFACT_PATH, NO_CERT_PATH]
    --no-network         Nothing but loopback inside [HAB_STUDIO_NO_NETWORK]
    --chroot             As root: the machine's devices and all rights inside [HAB_STUDIO_CHROOT]
    -D                   In a container (docker, podman)
    -q                   Say less [QUIET]
    -v                   Say which packages are shown [VERBOSE]
    -V, -h               Print the version, print this

INSIDE:
    build PLAN           Build a package; the log is in results/logs
    record NAME COMMAND  Run a command with a log
    sup-run, sup-log, sup-term
                         A Supervisor in the background

MORE VARIABLES:
    HAB_STUDIO_BACKLINE_PKG   Package of tools inside (default: chef/hab-backline)
    HAB_STUDIO_INSTALL_PKGS   More packages for a new studio, separated by colons
    HAB_STUDIO_SECRET_NAME    Inside the value of NAME
    HAB_STUDIO_SUP            Arguments of the Supervisor that \`enter\` starts; false for none
    HAB_STUDIO_NOSTUDIORC     Leave /src/.studiorc alone
    HAB_STUDIO_BINARY         Another program that does all of this
`;
