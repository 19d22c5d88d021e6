/** How the page is coloured: as the system is, or always so. */
export type Theme = 'system' | 'light' | 'dark';

const KEY = 'perfbot.theme';

/** The reader's choice; `system` when there is none or it cannot be read. */
export function storedTheme(): Theme {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === 'light' || stored === 'dark' ? stored : 'system';
  } catch {
    return 'system';
  }
}

/** Colours the page; the style sheet follows `data-theme`. */
export function applyTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
}

/** Colours the page and remembers it, where the browser lets us. */
export function storeTheme(theme: Theme): void {
  applyTheme(theme);
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}
