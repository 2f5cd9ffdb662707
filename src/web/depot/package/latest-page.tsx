// `…/latest`: leads on to the newest release, wherever that is now.
import { type ReactNode, useEffect } from "react";
import { PageHead, type PageProps, PageSkeleton, Shown, useJson, useRouter } from "../../shared/index.ts";
import { apiPath, pageOf } from "../api/addresses.ts";
import type { Package } from "../api/types.ts";
import { DEFAULT_TARGET } from "../ident/parse.ts";

export default function LatestPage({ params, query }: PageProps): ReactNode {
  const { origin = "", name = "" } = params;
  const target = query.get("target") ?? DEFAULT_TARGET;
  const router = useRouter();
  const latest = useJson<Package>(apiPath(["pkgs", origin, name, "latest"], { target }));
  const found = latest.data;
  useEffect(() => {
    if (found !== undefined) router.go(pageOf(found.ident, { target: found.target }), { replace: true });
  }, [found, router]);
  return (
    <div className="page">
      <PageHead title={`${origin}/${name}`} />
      <Shown
        known={latest}
        skeleton={<PageSkeleton />}
        missing={{ title: "There is no such package", advice: "None for this platform that you may see." }}
      >
        {() => null}
      </Shown>
    </div>
  );
}
