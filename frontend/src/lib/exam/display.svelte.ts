// How large and how strong the exam is drawn on this device, and whether keys are shortcuts. It holds for the page of the
// exam, and is kept for the next time.
const key = 'hoithi_exam_display';

export const sizes = [100, 118.75, 137.5] as const;

class Display {
  size = $state(0);
  contrast = $state(false);
  keys = $state(true);

  constructor() {
    try {
      const kept = JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Display>;
      if (sizes[kept.size ?? -1]) this.size = kept.size!;
      this.contrast = kept.contrast === true;
      this.keys = kept.keys !== false;
    } catch {
      // Nothing is kept, or it cannot be read: as it comes.
    }
  }

  keep(): void {
    this.apply();
    try {
      localStorage.setItem(
        key,
        JSON.stringify({ size: this.size, contrast: this.contrast, keys: this.keys }),
      );
    } catch {
      // It still holds for this page.
    }
  }

  /** Draws the page so; call the result to draw other pages as ever. */
  apply(): () => void {
    const root = document.documentElement;
    root.style.fontSize = this.size > 0 ? `${sizes[this.size]}%` : '';
    root.toggleAttribute('data-contrast', this.contrast);
    return () => {
      root.style.fontSize = '';
      root.removeAttribute('data-contrast');
    };
  }
}

export const display = new Display();
