// What a contestant's page of results says before anything of it is opened: small on purpose.
import type { components } from '$lib/api/schema.gen';
import { m } from '$lib/paraglide/messages.js';

export type Own = components['schemas']['ExamOwnResult'];

export const appealState = {
  open: { tone: 'warn', words: m.exam_result_appeal_open },
  accepted: { tone: 'good', words: m.exam_result_appeal_accepted },
  rejected: { tone: 'neutral', words: m.exam_result_appeal_rejected },
  withdrawn: { tone: 'neutral', words: m.exam_result_appeal_withdrawn },
} as const;

export const about = (place: number) =>
  place === 0 ? m.exam_result_appeal_about_all() : m.exam_result_appeal_about_item({ place });
