// The acts of judged rounds in words.
import { changeWords, type Change } from '$lib/judging/changes';
import { m } from '$lib/paraglide/messages.js';
import { count, text, type Payload } from './payload';

/** Undefined where the act is another room's, or not known here. */
export function judgingWords(action: string, p: Payload, round: string, name: string): string | undefined {
  switch (action) {
    case 'judging.rubric':
      return m.contest_audit_act_judging_rubric({ round, count: count(p.criteria) });
    case 'judging.rules':
      return m.contest_audit_act_judging_rules({ round });
    case 'judging.panel':
      return m.contest_audit_act_judging_panel({ round, count: count(p.accounts) });
    case 'judging.order':
      return m.contest_audit_act_judging_order({ round });
    case 'judging.draw_order':
      return m.contest_audit_act_judging_draw_order({ round });
    case 'judging.absence':
      return m.contest_audit_act_judging_absence({ round });
    case 'judging.start':
      return m.contest_audit_act_judging_start({ round });
    case 'judging.finish':
      return m.contest_audit_act_judging_finish({ round });
    case 'judging.return':
      return m.contest_audit_act_judging_return({ round });
    case 'judging.seconds':
      return m.contest_audit_act_judging_seconds({ round, before: text(p.before), after: text(p.after) });
    case 'judging.conduct':
      return m.contest_audit_act_judging_conduct({ round });
    case 'judging.publicity':
      return m.contest_audit_act_judging_publicity({ round });
    case 'judging.ballot_plan': {
      const rules = p.rules as { name?: unknown } | undefined;
      return m.contest_audit_act_judging_ballot_plan({ name: text(rules?.name) });
    }
    case 'judging.ballot_remove':
      return m.contest_audit_act_judging_ballot_remove({ name });
    case 'judging.ballot_open':
      return m.contest_audit_act_judging_ballot_open({ name, run: text(p.run) });
    case 'judging.ballot_close':
      return m.contest_audit_act_judging_ballot_close({
        name,
        run: text(p.run),
        voted: text(p.voted),
        voters: text(p.voters),
      });
    case 'judging.ballot_decide':
      return m.contest_audit_act_judging_ballot_decide({ name });
    case 'judging.ballot_cancel':
      return m.contest_audit_act_judging_ballot_cancel({ name, reason: text(p.reason) });
    case 'judging.clock':
      return m.contest_audit_act_judging_clock({
        round,
        act: clockAct(text(p.act)),
        seconds: text(p.seconds),
        reason: text(p.reason) ? ` (${text(p.reason)})` : '',
      });
    case 'judging.add_calibration':
      return m.contest_audit_act_judging_add_calibration({ round, title: text(p.title) });
    case 'judging.remove_calibration':
      return m.contest_audit_act_judging_remove_calibration({ round, title: text(p.title) });
    case 'judging.open_freely':
      return m.contest_audit_act_judging_open_freely({ round });
    case 'judging.lock_sheet':
      return m.contest_audit_act_judging_lock_sheet({ round });
    case 'judging.check':
      return m.contest_audit_act_judging_check({ round });
    case 'judging.witness':
      return m.contest_audit_act_judging_witness({ round });
    case 'judging.send_back':
      return m.contest_audit_act_judging_send_back({ round, reason: text(p.reason) });
    case 'judging.supervised':
      return m.contest_audit_act_judging_supervised({ round });
    case 'judging.head':
      return m.contest_audit_act_judging_head({ round, reason: text(p.reason) });
    case 'judging.ask_reopen':
      return m.contest_audit_act_judging_ask_reopen({ round, reason: text(p.reason) });
    case 'judging.ask_paper':
      return m.contest_audit_act_judging_ask_paper({ round });
    case 'judging.ask_revoke':
      return m.contest_audit_act_judging_ask_revoke({ round, reason: text(p.reason) });
    case 'judging.confirm_reopen':
      return m.contest_audit_act_judging_confirm_reopen({ round });
    case 'judging.confirm_paper':
      return m.contest_audit_act_judging_confirm_paper({ round });
    case 'judging.confirm_revoke':
      return m.contest_audit_act_judging_confirm_revoke({ round });
    case 'judging.paper_sheet':
      return m.contest_audit_act_judging_paper_sheet({ round });
    case 'judging.refused':
      return m.contest_audit_act_judging_refused({ round });
    case 'judging.withdrawn':
      return m.contest_audit_act_judging_withdrawn({ round });
    case 'judging.close':
      return m.contest_audit_act_judging_close({ round });
    case 'judging.change':
      return m.contest_audit_act_judging_change({ round, change: nightChange(p) });
    case 'judging.ties':
      return m.contest_audit_act_judging_ties({ round, name });
    case 'judging.conflict_rule':
      return m.contest_audit_act_judging_conflict_rule({ round });
    case 'judging.blind':
      return m.contest_audit_act_judging_blind({ round, name });
    case 'judging.open_names':
      return m.contest_audit_act_judging_open_names({ round });
    case 'judging.lots':
      return m.contest_audit_act_judging_lots({ round });
    case 'judging.copy_order':
      return m.contest_audit_act_judging_copy_order({ round });
    case 'judging.titles':
      return m.contest_audit_act_judging_titles({ round });
    case 'judging.judges_copied':
      return m.contest_audit_act_judging_judges_copied({ round, count: count(p.accounts) });
    default:
      return undefined;
  }
}

/** A change on the night, from the record's payload: without names where codes stood for them. */
const nightChange = (p: Payload) =>
  changeWords({
    kind: text(p.kind) as Change['kind'],
    entry: text(p.name) || m.contest_audit_entry_coded(),
    seat: Number(p.seat ?? 0),
    before: text(p.before),
    after: text(p.after),
  });

function clockAct(act: string): string {
  switch (act) {
    case 'start':
      return m.keeper_start();
    case 'pause':
      return m.keeper_pause();
    case 'resume':
      return m.keeper_resume();
    default:
      return m.keeper_stop();
  }
}
