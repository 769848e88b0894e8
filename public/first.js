// Runs before the page is first painted: the theme and the language that the reader chose (app/src/ui/choice.rs,
// app/src/lang.rs), so that the static shell already has them and nothing flashes. A classic script, because a module waits
// until the page is read; a file, because the page's Content-Security-Policy allows no inline script.

{
  const root = document.documentElement;
  let kept = () => null;
  try {
    const storage = localStorage;
    kept = (name) => storage.getItem(`xinheng.${name}`);
  } catch {
    // A browser that keeps nothing follows the system.
  }
  const theme = kept("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  const lang = kept("lang") ?? navigator.language ?? "";
  if (lang && !lang.startsWith("zh")) root.lang = "en";
}
