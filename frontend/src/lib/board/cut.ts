// The words of a line between those who go on and the others.
import { integer } from '$lib/format/number';
import { m } from '$lib/paraglide/messages.js';
import type { CutLine } from './board';

export function cutWords(cut: CutLine, teams: boolean): string {
  const who = teams ? m.leaderboard_who_teams() : m.leaderboard_who_persons();
  const round = cut.round;
  if (cut.done) {
    const count = integer(cut.through);
    return round
      ? m.leaderboard_cut_done({ count, who, round })
      : m.leaderboard_cut_done_next({ count, who });
  }
  const count = integer(cut.places);
  const words = round
    ? m.leaderboard_cut_now({ count, who, round })
    : m.leaderboard_cut_now_next({ count, who });
  if (cut.tied === 0) return words;
  return `${words} · ${m.leaderboard_cut_tied({ tied: integer(cut.tied), free: integer(cut.free) })}`;
}
