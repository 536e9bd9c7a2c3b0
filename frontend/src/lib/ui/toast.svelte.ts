// A short word about what just happened, at the edge of the screen. Nothing that must be read or acted on belongs
// here: that is a Notice or a dialog.
export type ToastTone = 'good' | 'bad' | 'info';
export type Toast = {
  id: number;
  text: string;
  tone: ToastTone;
  action?: { label: string; run: () => void };
};

class Toasts {
  list: Toast[] = $state([]);
  #next = 1;

  /** Shows a word; a bad one stays until it is closed, the others leave after six seconds. */
  show(text: string, tone: ToastTone = 'good', action?: Toast['action']): void {
    const id = this.#next++;
    this.list = [...this.list.slice(-2), { id, text, tone, action }];
    if (tone !== 'bad') setTimeout(() => this.close(id), 6000);
  }

  close(id: number): void {
    this.list = this.list.filter((t) => t.id !== id);
  }
}

export const toast = new Toasts();
