// What the form of the combination holds, and what of it is stored: each setting belongs to one method, and is left out
// with all others.
import type { Combining, MarkingRules } from '../types';

export type CombiningForm = {
  method: Combining['method'];
  drop: number;
  distance: number | null;
  threshold: number | null;
  third: NonNullable<Combining['third']>;
  least: number | null;
  decimals: number;
  absent: 'without' | 'wait';
};

/** The ways that few contests use. */
export const rare: Combining['method'][] = ['mean_within', 'two_markers', 'rank_sum', 'z_score'];

/** The form as the rules stand, with the usual values for what they don't use. */
export const fieldsOf = ({ combining: c, absent }: MarkingRules): CombiningForm => ({
  method: c.method,
  drop: c.drop || 1,
  distance: c.distance || 200,
  threshold: c.threshold || 2000,
  third: c.third || 'nearer',
  least: c.least_sheets || 5,
  decimals: c.decimals,
  absent: absent ?? 'without',
});

/** What of the form is stored. */
export function combiningOf(form: CombiningForm): Combining {
  const { method, decimals } = form;
  switch (method) {
    case 'trimmed_mean':
      return { method, drop: form.drop, decimals };
    case 'mean_within':
      return { method, distance: form.distance ?? 0, decimals };
    case 'two_markers':
      return { method, threshold: form.threshold ?? 0, third: form.third, decimals };
    case 'z_score':
      return { method, least_sheets: form.least ?? 0, decimals };
    default:
      return { method, decimals };
  }
}
