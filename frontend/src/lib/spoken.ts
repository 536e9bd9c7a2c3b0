// How a message chooses between its languages; scripts/words.mjs puts it into every compiled message.
import { getLocale } from './paraglide/runtime.js';

type Words = (inputs: Record<string, unknown>) => string;

export const spoken =
  (vi: Words, en: Words) =>
  (inputs: Record<string, unknown> = {}, options: { locale?: 'vi' | 'en' } = {}) =>
    ((options.locale ?? getLocale()) === 'vi' ? vi : en)(inputs);
