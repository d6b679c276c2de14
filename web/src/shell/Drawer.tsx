/** The slot below the screens: the REPL opens here. It is empty until there is one. */
export function Drawer() {
  return null;
}
