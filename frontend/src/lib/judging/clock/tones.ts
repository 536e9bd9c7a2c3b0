// Tones of the timekeeper's device: made here, so that nothing has to be fetched. Browsers only let a page sound after
// it was pressed once.
export class Tones {
  #context: AudioContext | null = null;

  get on(): boolean {
    return this.#context?.state === 'running';
  }

  /** From a press of a button: lets the page sound, and is heard. */
  async allow(): Promise<void> {
    const Context =
      window.AudioContext ?? (window as { webkitAudioContext?: typeof AudioContext }).webkitAudioContext;
    this.#context ??= Context ? new Context() : null;
    await this.#context?.resume();
    this.sound(1);
  }

  /** So many short tones; the time is up with three. */
  sound(times: number): void {
    const context = this.#context;
    if (!context || context.state !== 'running') return;
    for (let i = 0; i < times; i++) {
      const at = context.currentTime + i * 0.32;
      const tone = context.createOscillator();
      const gain = context.createGain();
      tone.frequency.value = 880;
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(0.5, at + 0.02);
      gain.gain.setValueAtTime(0.5, at + 0.18);
      gain.gain.linearRampToValueAtTime(0, at + 0.24);
      tone.connect(gain).connect(context.destination);
      tone.start(at);
      tone.stop(at + 0.25);
    }
  }
}
