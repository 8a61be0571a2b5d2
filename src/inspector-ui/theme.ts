const KEY = 'candor-theme';
const THEMES = ['auto', 'light', 'dark'] as const;

type Theme = (typeof THEMES)[number];

const LABELS: Readonly<Record<Theme, string>> = { auto: '◐', light: '☀', dark: '☾' };

/** As the system has it, or as somebody chose here. */
export function connectThemeToggle(toggle: HTMLElement): void {
  let theme = THEMES.find((each) => each === readChoice()) ?? 'auto';
  const apply = (): void => {
    if (theme === 'auto') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
    toggle.textContent = LABELS[theme];
    toggle.setAttribute('aria-label', `Theme: ${theme}`);
    toggle.title = `Theme: ${theme}`;
  };
  toggle.addEventListener('click', () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'auto';
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // Storage may be forbidden; the choice then lasts as long as the page.
    }
    apply();
  });
  apply();
}

function readChoice(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
