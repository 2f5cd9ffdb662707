// Bash files are embedded in the binary as text.
declare module "*.bash" {
  const text: string;
  export default text;
}
