// Light, dark, or as the device has it. app.html sets the attribute before the first paint; this changes it later.
export type Theme = 'system' | 'light' | 'dark';

const key = 'hoithi_theme';

function stored(): Theme {
  try {
    const value = localStorage.getItem(key);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    return 'system';
  }
}

class Appearance {
  theme: Theme = $state('system');

  constructor() {
    if (typeof window !== 'undefined') this.theme = stored();
  }

  set(theme: Theme): void {
    this.theme = theme;
    if (theme === 'system') document.documentElement.removeAttribute('data-theme');
    else document.documentElement.setAttribute('data-theme', theme);
    try {
      if (theme === 'system') localStorage.removeItem(key);
      else localStorage.setItem(key, theme);
    } catch {
      // Not kept in a private window: it still holds for this page.
    }
  }
}

export const appearance = new Appearance();
