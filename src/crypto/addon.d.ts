declare module "*.node" {
  /** Path of the file, for `import … with { type: "file" }`. */
  const path: string;
  export default path;
}
