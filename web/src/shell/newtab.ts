/**
 * A session belongs to a tab. The browser's own "open in a new tab" would begin
 * without one, window.open copies it: so modified clicks on our links go there.
 */
export function openOwn(): void {
  const open = (e: MouseEvent) => {
    const modified = e.button === 1 || (e.button === 0 && (e.ctrlKey || e.metaKey || e.shiftKey));
    const a = e.target instanceof Element ? e.target.closest("a[href]") : null;
    if (!modified || !(a instanceof HTMLAnchorElement)) return;
    if (a.origin !== location.origin || !a.pathname.startsWith("/studio/")) return;
    e.preventDefault();
    e.stopPropagation();
    window.open(a.href);
  };
  document.addEventListener("click", open, true);
  document.addEventListener("auxclick", open, true);
}
