// Two versions: what scripts ask for, and what we are.

/** Compat: `hab --version` names the version whose command line this is; scripts compare it. */
export const COMPATIBLE_VERSION = "2.1.78";

/** Our own version, that of package.json (a test keeps them equal). */
export const OWN_VERSION = "0.1.0";
