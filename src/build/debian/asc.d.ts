// Keyrings as text, embedded by the bundler.
declare module "*.asc" {
  const text: string;
  export default text;
}
