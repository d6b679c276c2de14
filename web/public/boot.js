// Runs before anything is painted: takes the token out of the address, so that
// it stands neither there nor in the history, and sets the theme.
(() => {
  const m = /[#&]([tc])=([^&]+)/.exec(location.hash); // a token, or a code that works once
  if (m) {
    sessionStorage.setItem("rivet.studio.token", m[1] + decodeURIComponent(m[2]));
    if (/[#&]ro(&|=|$)/.test(location.hash)) sessionStorage.setItem("rivet.studio.ro", "1");
    history.replaceState(history.state, "", location.pathname + location.search);
  }
  const root = document.documentElement;
  try {
    const s = JSON.parse(localStorage.getItem("rivet.studio.settings") ?? "{}");
    if (s.theme === "dark" || s.theme === "light") root.dataset.theme = s.theme;
    if (s.density === "compact") root.dataset.density = s.density;
  } catch {
    // settings that can't be read are those of a first visit
  }
})();
