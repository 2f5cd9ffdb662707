// The addon inside the compiled program. Only imported there: under Bun itself an import of a `.node` file is refused.
import path from "sodium-native/prebuilds/linux-x64/sodium-native.node" with { type: "file" };

export const embeddedAddonPath: string = path;
