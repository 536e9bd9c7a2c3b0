// The way from the totals of the sheets to the score, line by line, as a person with a pencil would write it. The numbers
// are the server's (package scoring); here they are only put into sentences. The printed minutes have the same lines
// (judging/arithmetic.go), and a test holds both against the same examples.
import { percent, points } from '$lib/format/number';
import { m } from '$lib/paraglide/messages.js';
import type { SheetWorking, Working } from './types';
import { overtimeWorking, seatName } from './words';

export type Line = {
  label: string;
  /** What is computed: "7,00 + 8,00 =". */
  how: string;
  result: string;
};

/** Why a sheet does not count; "" when it does. */
export function droppedReason(dropped: SheetWorking['dropped']): string {
  switch (dropped) {
    case 'highest':
      return m.judging_dropped_highest();
    case 'lowest':
      return m.judging_dropped_lowest();
    case 'far':
      return m.combining_dropped_far();
    case 'spare':
      return m.combining_dropped_spare();
    case 'other':
      return m.combining_dropped_other();
    case 'partial':
      return m.combining_dropped_partial();
    default:
      return '';
  }
}

/** What the combination gives, before the deduction; "–" when there is nothing yet. */
export const combinedText = (w: Working) =>
  w.ranks ? points(w.combined) : w.count > 0 ? points(w.combined, w.decimals) : '–';

/** The score as it is printed: places are exact, points have the round's decimals. */
export const scoreText = (w: Working) => (w.ranks ? points(w.score) : points(w.score, w.decimals));

/** The lines between the totals and the score, without either. */
export function arithmetic(w: Working): Line[] {
  if (w.sheets.length === 0 || (w.method === 'rank_sum' && w.left_out === 'open')) return [];
  if (w.ranks) return places(w);
  const lines = [...middle(w), ...within(w), ...markers(w), ...scale(w), ...mean(w)];
  lines.push(overtime(w, m.judging_working_overtime()));
  return lines;
}

const show = (w: Working, v: number) => points(v, w.decimals);

function overtime(w: Working, label: string): Line {
  const off = w.overtime.deduction;
  return { label, how: `(${overtimeWorking(w)})`, result: off > 0 ? `−${show(w, off)}` : show(w, 0) };
}

function places(w: Working): Line[] {
  const r = w.ranks!;
  const ranked = w.sheets.filter((s) => s.rank).map((s) => points(s.rank!));
  return [
    overtime(w, m.combining_places_overtime()),
    {
      label: m.combining_places(),
      how: ranked.length > 1 ? `${ranked.join(' + ')} =` : '',
      result: points(r.sum),
    },
    {
      label: m.combining_places_score({ judges: r.judges, entries: r.entries }),
      how: `${r.judges} × ${r.entries + 1} − ${points(r.sum)} =`,
      result: points(w.combined),
    },
  ];
}

function middle(w: Working): Line[] {
  if (!w.middle) return [];
  const totals = w.middle.order.map((seat) => show(w, w.sheets.find((s) => s.seat === seat)!.total));
  return [{ label: m.combining_middle_order(), how: totals.join(' · '), result: '' }];
}

function within(w: Working): Line[] {
  const x = w.within;
  if (!x) return [];
  const far = w.sheets
    .filter((s) => s.dropped === 'far')
    .map((s) => m.combining_far_one({ seat: seatName(s.seat), away: show(w, Math.abs(s.total - x.mean)) }));
  return [
    {
      label: m.combining_first_sum(),
      how: x.count > 1 ? `${w.sheets.map((s) => show(w, s.total)).join(' + ')} =` : '',
      result: show(w, x.sum),
    },
    { label: m.combining_first_mean(), how: `${show(w, x.sum)} : ${x.count} =`, result: show(w, x.mean) },
    {
      label: m.combining_far({ distance: points(x.distance) }),
      how: far.length > 0 ? far.join(' · ') : w.left_out ? '' : m.combining_far_none(),
      result: '',
    },
  ];
}

function markers(w: Working): Line[] {
  const x = w.markers;
  if (!x) return [];
  const lines: Line[] = [];
  const total = (seat: number) => w.sheets.find((s) => s.seat === seat)?.total ?? 0;
  if (x.third !== 'open') {
    const [a, b] = [total(x.first), total(x.second)];
    lines.push({
      label: m.combining_difference({ first: seatName(x.first), second: seatName(x.second) }),
      how: `${show(w, Math.max(a, b))} − ${show(w, Math.min(a, b))} =`,
      result: show(w, x.difference),
    });
  }
  lines.push({
    label: m.combining_threshold(),
    how: `${percent(x.percent)} × ${points(x.highest)} =`,
    result: show(w, x.threshold),
  });
  lines.push({ label: m.combining_third(), how: third(x), result: '' });
  return lines;
}

function third(x: NonNullable<Working['markers']>): string {
  const seat = seatName(x.third_seat);
  switch (x.third) {
    case 'needless':
      return m.combining_third_needless();
    case 'missing':
      return m.combining_third_missing();
    case 'given':
      return x.rule === 'nearer'
        ? m.combining_third_nearer({ seat })
        : x.rule === 'all'
          ? m.combining_third_all({ seat })
          : m.combining_third_alone({ seat });
    default:
      return m.combining_third_open();
  }
}

function scale(w: Working): Line[] {
  const x = w.scale;
  if (!x || w.left_out) return [];
  return [
    {
      label: m.combining_scale_all(),
      how: m.combining_scale_values({ mean: show(w, x.mean), spread: show(w, x.spread) }),
      result: '',
    },
    ...w.sheets.map((s) => {
      const judge = x.judges.find((j) => j.seat === s.seat)!;
      return {
        label: m.combining_scale_judge({
          seat: seatName(s.seat),
          mean: show(w, judge.mean),
          spread: show(w, judge.spread),
        }),
        how:
          judge.spread === 0
            ? m.combining_scale_flat()
            : `${show(w, x.mean)} + (${show(w, s.total)} − ${show(w, judge.mean)}) × ${show(w, x.spread)} : ${show(w, judge.spread)} =`,
        result: show(w, s.counted),
      };
    }),
  ];
}

function mean(w: Working): Line[] {
  const kept = w.sheets.filter((s) => s.dropped === '' && (!w.middle || w.middle.middle.includes(s.seat)));
  if (w.middle && kept.length === 1) {
    return [{ label: m.combining_middle_one(), how: '', result: show(w, w.mean) }];
  }
  const sum = kept.length > 1 ? `${kept.map((k) => show(w, k.counted)).join(' + ')} =` : '';
  return [
    { label: m.judging_working_sum(), how: sum, result: show(w, w.sum) },
    {
      label: w.middle ? m.combining_middle_two() : m.judging_working_mean(),
      how: `${show(w, w.sum)} : ${w.count} =`,
      result: show(w, w.mean),
    },
  ];
}

/** What the reader must know beside the lines: a rule that could not be applied, and how numbers are rounded. */
export function notes(w: Working): string[] {
  const list: string[] = [];
  switch (w.left_out) {
    case 'all_far':
      list.push(m.combining_left_all_far());
      break;
    case 'no_full_judge':
      list.push(m.combining_left_no_full_judge());
      break;
    case 'same_entries':
      list.push(m.combining_left_same_entries());
      break;
    case 'few_sheets':
      list.push(m.combining_left_few_sheets({ least: w.scale?.least_sheets ?? 0 }));
      break;
    case 'open':
      list.push(w.method === 'rank_sum' ? m.combining_left_open_places() : m.combining_left_open_scale());
      break;
  }
  if (w.drop_done < w.drop_wanted) {
    list.push(
      w.drop_done === 0
        ? m.judging_drop_none({ sheets: w.sheets.length })
        : m.judging_drop_fewer({ sheets: w.sheets.length, drop: w.drop_done }),
    );
  }
  if (w.scale && !w.left_out) list.push(m.combining_scale_note({ highest: points(w.scale.highest) }));
  if (w.ranks) list.push(m.combining_places_exact());
  else list.push(m.judging_working_rounding({ decimals: w.decimals }));
  return list;
}
