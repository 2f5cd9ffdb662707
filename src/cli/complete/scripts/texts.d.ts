// Scripts of shells are embedded in the program as text.
declare module "*.zsh" {
  const text: string;
  export default text;
}
declare module "*.fish" {
  const text: string;
  export default text;
}
declare module "*.ps1" {
  const text: string;
  export default text;
}
declare module "*.elv" {
  const text: string;
  export default text;
}
