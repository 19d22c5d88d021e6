import { useState } from 'react';
import { storedTheme, storeTheme, type Theme } from './theme.ts';

const THEMES: readonly { readonly theme: Theme; readonly label: string }[] = [
  { theme: 'system', label: 'Auto' },
  { theme: 'light', label: 'Light' },
  { theme: 'dark', label: 'Dark' },
];

/** Light, dark, or as the system is. */
export function ThemeChoice() {
  const [chosen, setChosen] = useState(storedTheme);
  const choose = (theme: Theme) => {
    storeTheme(theme);
    setChosen(theme);
  };
  return (
    <fieldset className="theme-choice">
      <legend className="for-readers">Colours</legend>
      {THEMES.map(({ theme, label }) => (
        <label key={theme}>
          <input type="radio" name="theme" checked={chosen === theme} onChange={() => choose(theme)} />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
