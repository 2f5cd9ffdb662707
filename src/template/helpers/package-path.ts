// `{{pkgPathFor "core/redis"}}`: the path of a dependency (reference/services.md §20.1).
import { isArray, isObject, property, type TemplateData } from "../data.ts";
import type { Helper, HelperCall } from "../helper.ts";

const FIELDS = ["origin", "name", "version", "release"] as const;

function wanted(call: HelperCall): string[] {
  const ident = call.args[0];
  const parts = typeof ident === "string" ? ident.split("/") : [];
  if (parts.length < 2 || parts.length > 4 || parts.includes("")) {
    call.fail('Invalid package identifier for "pkgPathFor"');
  }
  return parts;
}

/** Dependencies of the service's package. Where the data has none the original dies; here it is an error. */
function dependencies(call: HelperCall): readonly TemplateData[] {
  const pkg = isObject(call.root) ? property(call.root, "pkg") : undefined;
  const deps = pkg !== undefined && isObject(pkg) ? property(pkg, "deps") : undefined;
  if (deps === undefined || !isArray(deps)) call.fail("pkgPathFor: the data has no list `pkg.deps`");
  return deps;
}

export const pkgPathFor: Helper = {
  kind: "value",
  value: (call: HelperCall) => {
    const parts = wanted(call);
    for (const dependency of dependencies(call)) {
      if (!isObject(dependency)) call.fail("pkgPathFor: an entry of `pkg.deps` is not a package identifier");
      const ident = FIELDS.map((field) => property(dependency, field));
      if (parts.every((part, index) => part === ident[index]))
        return `${call.packagesRoot}/${ident.join("/")}`;
    }
    return "";
  },
};
