// The services that live through the faults: each kind does what services do that faults are hard on.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export const ORIGIN = "chaos";
const RELEASE = "20260101000000";

/** Files of a package beside its metadata. */
type Files = Readonly<Record<string, string>>;

interface Kind {
  readonly files: Files;
  readonly load?: readonly string[];
  /** Its process stays the same unless somebody ends it: it neither ends by itself nor for new configuration. */
  readonly steady: boolean;
  /** Ends by itself again and again: at times it waits for its next start. */
  readonly crashes?: true;
  /** Takes applied configuration, and notes in var/seen what its reconfigure hook was run with. */
  readonly configured?: true;
  /** Takes uploaded files. */
  readonly uploaded?: true;
}

const SLEEP = "#!/bin/sh\nexec sleep 100000\n";
const CONFIGURED: Files = { "default.toml": 'value = "none"\n', "config/app.conf": "value {{cfg.value}}\n" };

export const KINDS = {
  plain: { files: { "hooks/run": SLEEP }, steady: true },
  crashing: {
    files: { "hooks/run": "#!/bin/sh\necho begin\nsleep 1.3\necho end\nexit 1\n" },
    steady: false,
    crashes: true,
  },
  forking: {
    files: {
      "hooks/run": "#!/bin/sh\nsleep 100001 &\n(sleep 100002 & sleep 100003) &\nsleep 100000\n",
    },
    steady: true,
  },
  talking: {
    files: {
      "hooks/run": "#!/bin/sh\nwhile :; do echo a line to be read; echo and another >&2; sleep 0.2; done\n",
    },
    steady: true,
  },
  slow: {
    files: {
      ...CONFIGURED,
      "hooks/init": "#!/bin/sh\nsleep 0.4\n",
      "hooks/run": SLEEP,
      "hooks/post-run": "#!/bin/sh\nsleep 0.3\n",
      "hooks/health-check": "#!/bin/sh\nsleep 0.3\necho well\n",
      "hooks/reconfigure":
        "#!/bin/sh\nsleep 0.3\ncp {{pkg.svc_config_path}}/app.conf {{pkg.svc_var_path}}/seen\n",
      "hooks/post-stop": "#!/bin/sh\nsleep 0.2\n",
    },
    load: ["--health-check-interval", "1"],
    steady: true,
    configured: true,
  },
  lingering: {
    files: { "hooks/run": SLEEP, "hooks/post-run": "#!/bin/sh -e\nsleep 100004\n" },
    steady: true,
  },
  restarting: {
    files: { ...CONFIGURED, "hooks/run": SLEEP },
    steady: false,
    configured: true,
  },
  filed: {
    files: {
      ...CONFIGURED,
      "hooks/run": SLEEP,
      "hooks/reconfigure": "#!/bin/sh\ncp {{pkg.svc_config_path}}/app.conf {{pkg.svc_var_path}}/seen\n",
      "hooks/file-updated": "#!/bin/sh\nls {{pkg.svc_files_path}}\n",
    },
    steady: true,
    configured: true,
    uploaded: true,
  },
} satisfies Record<string, Kind>;

export type KindName = keyof typeof KINDS;

export function kindOf(name: KindName): Kind {
  return KINDS[name];
}

/** Writes an installed package below /hab/pkgs. */
export function installPackage(name: string, kind: KindName): void {
  const ident = `${ORIGIN}/${name}/1.0.0/${RELEASE}`;
  const files: Files = {
    IDENT: `${ident}\n`,
    TARGET: "x86_64-linux\n",
    SVC_USER: "root\n",
    SVC_GROUP: "root\n",
    ...kindOf(kind).files,
  };
  for (const [path, text] of Object.entries(files)) {
    const file = join("/hab/pkgs", ident, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: path.startsWith("hooks/") ? 0o755 : 0o644 });
  }
}
