// What an install or uninstall tells while it works. The command line prints it, the Supervisor logs it.
import type { HookEnd } from "./hook-end.ts";
import type { FullIdent, PackageIdent } from "./ident.ts";

export type InstallEvent =
  | { readonly kind: "begin"; readonly source: string }
  /** Looking for the newest release: in a channel, or offline among what is here. */
  | { readonly kind: "resolving"; readonly ident: PackageIdent; readonly channel: string | undefined }
  /** The channel has none; an installed one is used. */
  | { readonly kind: "not in channel"; readonly ident: PackageIdent; readonly channel: string }
  /** Channels that do have it. */
  | { readonly kind: "found in channels"; readonly ident: PackageIdent; readonly channels: readonly string[] }
  | { readonly kind: "using"; readonly ident: FullIdent }
  /** Another process is installing it. */
  | { readonly kind: "waiting"; readonly ident: FullIdent }
  | { readonly kind: "downloading"; readonly ident: FullIdent }
  | {
      readonly kind: "progress";
      readonly ident: FullIdent;
      readonly received: number;
      readonly total: number | undefined;
    }
  | { readonly kind: "downloading key"; readonly key: string }
  | { readonly kind: "cached key"; readonly key: string }
  | { readonly kind: "verifying"; readonly ident: FullIdent }
  /** The cached artifact is no good and is fetched again. */
  | { readonly kind: "damaged"; readonly ident: FullIdent; readonly problem: string }
  | { readonly kind: "installed"; readonly ident: FullIdent }
  | { readonly kind: "hook"; readonly hook: "install" | "uninstall"; readonly ident: FullIdent }
  /** A line the hook printed on either stream. */
  | {
      readonly kind: "hook line";
      readonly hook: "install" | "uninstall";
      readonly ident: FullIdent;
      readonly line: string;
    }
  /** What was rendered for a hook, and how it failed; the key says whether it is about a hook or a configuration file. */
  | {
      readonly kind: "hook note";
      readonly ident: FullIdent;
      readonly key: "HK" | "CF";
      readonly text: string;
    }
  /** A hook ran: how that ended, and how long it took. */
  | {
      readonly kind: "hook ended";
      readonly hook: "install" | "uninstall";
      readonly ident: FullIdent;
      readonly end: HookEnd;
      readonly seconds: number;
    }
  /** A hook whose template cannot be parsed is as good as none. */
  | {
      readonly kind: "hook ignored";
      readonly hook: "install" | "uninstall";
      readonly ident: FullIdent;
      readonly problem: string;
    }
  | { readonly kind: "end"; readonly ident: FullIdent; readonly count: number };

export type Report = (event: InstallEvent) => void;
