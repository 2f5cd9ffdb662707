// The addon inside the compiled program. Only imported there: under Bun itself an import of a `.node` file is refused.
import path from "@napi-rs/blake-hash-linux-x64-gnu/blake.linux-x64-gnu.node" with { type: "file" };

export const embeddedAddonPath: string = path;
