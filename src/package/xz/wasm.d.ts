// Bun embeds the file in the binary and hands out its path.
declare module "*.wasm" {
  const path: string;
  export default path;
}
