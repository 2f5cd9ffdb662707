// C files are embedded in the binary as text.
declare module "*.c" {
  const text: string;
  export default text;
}
