// The acts of the record in words. What is not known here is shown by its name, never left out.
import type { components } from '$lib/api';
import { stepWords } from '$lib/bank/review';
import { contestState } from '$lib/contest-state';
import { integer, percent } from '$lib/format/number';
import { m } from '$lib/paraglide/messages.js';
import { judgingWords } from './acts-judging';
import { count, text, type Payload } from './payload';
import type { Contest, State } from './words';

export type Act = components['schemas']['ContestActView'];

const payloadOf = (act: Act): Payload =>
  act.payload && typeof act.payload === 'object' && !Array.isArray(act.payload)
    ? (act.payload as Payload)
    : {};

const stateWords = (value: unknown) => {
  const known: State[] = ['draft', 'open', 'running', 'ended', 'finalized', 'archived'];
  return known.includes(value as State) ? contestState(value as State).label : text(value);
};

function roleWords(role: unknown): string {
  switch (role) {
    case 'organizer':
      return m.app_role_organizer();
    case 'host':
      return m.app_role_host();
    case 'secretary':
      return m.app_role_secretary();
    case 'judge':
      return m.app_role_judge();
    case 'supervisor':
      return m.app_role_supervisor();
    case 'timekeeper':
      return m.app_role_timekeeper();
    case 'author':
      return m.review_role_author();
    case 'reviewer':
      return m.review_role_reviewer();
    default:
      return text(role);
  }
}

const stepOf = (step: unknown) =>
  step === 'submit' || step === 'withdraw' || step === 'approve' || step === 'send_back' || step === 'check'
    ? stepWords(step)
    : text(step);

export const actorWords = (act: Act) =>
  act.actor === 'system'
    ? m.contest_audit_system()
    : act.actor === 'entry'
      ? m.contest_audit_entry()
      : act.actor === 'visitor'
        ? m.contest_audit_visitor()
        : act.actor;

export const reasonOf = (act: Act) => text(payloadOf(act).reason).trim();

export function actWords(act: Act, contest: Contest): string {
  const p = payloadOf(act);
  const name = text(p.name);
  const round = contest.rounds.find((r) => r.id === p.round)?.name ?? m.contest_audit_round_gone();
  const play = count(p.play);
  switch (act.action) {
    case 'contest.create':
      return m.contest_audit_act_contest_create({ name });
    case 'contest.clone':
      return m.contest_audit_act_contest_clone({ name });
    case 'contest.update':
      return m.contest_audit_act_contest_update();
    case 'contest.divisions':
      return m.contest_audit_act_contest_divisions();
    case 'contest.state':
      return m.contest_audit_act_contest_state({ from: stateWords(p.from), to: stateWords(p.to) });
    case 'contest.add_round':
      return m.contest_audit_act_contest_add_round({ name });
    case 'contest.update_round':
      return m.contest_audit_act_contest_update_round({ name, weight: percent(Number(p.weight ?? 0)) });
    case 'contest.order_rounds':
      return m.contest_audit_act_contest_order_rounds();
    case 'contest.remove_round':
      return m.contest_audit_act_contest_remove_round({ name });
    case 'contest.plan':
      return m.plan_act_save();
    case 'plan.promote':
      return m.plan_act_promote({ name });
    case 'plan.undo_promotion':
      return m.plan_act_undo({ name });
    case 'plan.pass_place':
      return m.plan_act_pass({ name });
    case 'plan.name_team':
      return m.plan_act_name_team({ name: round });
    case 'roster.name_team':
      return m.plan_act_team({ number: text(p.number) });
    case 'roster.rename_team':
      return m.plan_act_team_changed({ number: text(p.number) });
    case 'plan.decide_tie':
      return m.plan_act_decide({ count: count(p.subjects) });
    case 'plan.tie_round':
      return m.plan_act_tie_round({ name });
    case 'plan.revoke_decision':
      return m.plan_act_revoke();
    case 'account.invite':
      return m.contest_audit_act_account_invite({ name, role: roleWords(p.role) });
    case 'account.invite_again':
      return m.contest_audit_act_account_invite_again({ name });
    case 'account.pair':
      return m.contest_audit_act_account_pair({ name });
    case 'account.dismiss':
      return m.contest_audit_act_account_dismiss({ name, role: roleWords(p.role) });
    case 'account.invite_leader':
      return m.leader_act_invite({ name: text(p.name) });
    case 'account.dismiss_leader':
      return m.leader_act_dismiss({ name: text(p.name) });
    case 'roster.register_led':
      return m.leader_act_register();
    case 'roster.change_led':
      return m.leader_act_change();
    case 'roster.withdraw_led':
      return m.leader_act_withdraw();
    case 'roster.ask_change_led':
      return m.leader_act_ask();
    case 'roster.import_led':
      return m.leader_act_import({ count: count(p.entries) });
    case 'leader.show_codes':
      return m.leader_act_codes({ count: count(p.entries) });
    case 'leader.export_progress':
      return m.leader_act_export({ count: count(p.units) });
    case 'roster.add':
      return m.contest_audit_act_roster_add({ count: count(p.entries) });
    case 'roster.edit':
      return m.contest_audit_act_roster_edit({ number: text(p.number) });
    case 'roster.withdraw':
      return m.contest_audit_act_roster_withdraw();
    case 'roster.restore':
      return m.contest_audit_act_roster_restore();
    case 'roster.approve':
      return m.contest_audit_act_roster_approve({ count: count(p.registrations) });
    case 'roster.reject':
      return m.contest_audit_act_roster_reject({ count: count(p.registrations) });
    case 'roster.import':
      return m.contest_audit_act_roster_import({ count: count(p.entries) });
    case 'roster.reissue_code':
      return m.contest_audit_act_roster_reissue_code();
    case 'roster.print_cards':
      return m.contest_audit_act_roster_print_cards({ count: count(p.entries) });
    case 'roster.export_list':
      return Array.isArray(p.personal) && p.personal.length > 0
        ? m.registration_act_export_personal()
        : m.contest_audit_act_roster_export_list();
    case 'roster.set_terms':
      return m.registration_act_set_terms();
    case 'roster.move_up':
      return m.registration_act_move_up({ count: count(p.registrations) });
    case 'roster.keep_duplicate':
      return m.registration_act_keep_duplicate();
    case 'roster.accept_change':
      return m.registration_act_accept_change();
    case 'roster.decline_change':
      return m.registration_act_decline_change();
    case 'roster.withdraw_own':
      return m.registration_act_withdraw_own();
    case 'roster.register_own':
      return m.registration_act_register_own();
    case 'roster.enter_openly':
      return m.exam_setup_act_entered({ numbers: Array.isArray(p.numbers) ? p.numbers.join(', ') : '' });
    case 'roster.bind_account':
      return m.account_act_bind();
    case 'roster.unbind_account':
      return m.account_act_unbind();
    case 'exam.settings':
      return m.exam_setup_act_settings({ round });
    case 'exam.periods':
      return m.exam_setup_act_periods({ round });
    case 'exam.preview':
      return m.exam_setup_act_preview({ round });
    case 'roster.change_own':
      return m.registration_act_change_own();
    case 'roster.withdraw_registration_own':
      return m.registration_act_withdraw_registration_own();
    case 'roster.ask_change_own':
      return m.registration_act_ask_change_own();
    case 'roster.withdraw_change_own':
      return m.registration_act_withdraw_change_own();
    case 'roster.withdraw_change_led':
      return m.leader_act_withdraw_change();
    case 'roster.invite_units':
      return m.contest_audit_act_roster_invite_units({ count: count(p.units) });
    case 'roster.save_blocks':
      return m.unit_audit_save_blocks({ count: count(p.blocks) });
    case 'roster.set_targets':
      return m.unit_audit_set_targets({ count: count(p.units) });
    case 'roster.import_targets':
      return m.unit_audit_import_targets({ count: count(p.units) });
    case 'roster.invite_below':
      return m.unit_audit_invite_below({ count: count(p.added) });
    case 'roster.dismiss_units':
      return m.unit_audit_dismiss_units({ count: count(p.unit_ids) });
    case 'roster.dismiss_unit':
      return m.contest_audit_act_roster_dismiss_unit();
    case 'roster.erase':
      return m.contest_audit_act_roster_erase();
    case 'roster.consent':
      return m.contest_audit_act_roster_consent();
    case 'roster.reword_consent':
      return m.contest_audit_act_roster_reword_consent();
    case 'privacy.ask':
      return m.contest_audit_act_privacy_ask();
    case 'privacy.cancel':
      return m.contest_audit_act_privacy_cancel();
    case 'privacy.answer':
      return m.contest_audit_act_privacy_answer();
    case 'privacy.keeping':
      return m.contest_audit_act_privacy_keeping({ months: count(p.months) });
    case 'privacy.keeping_over':
      return m.contest_audit_act_privacy_keeping_over();
    case 'mail.again':
      return m.contest_audit_act_mail_again();
    case 'bank.create_item':
      return m.contest_audit_act_bank_create_item();
    case 'bank.edit_item':
      return m.contest_audit_act_bank_edit_item();
    case 'bank.retire_item':
      return m.contest_audit_act_bank_retire_item();
    case 'bank.restore_item':
      return m.contest_audit_act_bank_restore_item();
    case 'bank.import':
      return m.contest_audit_act_bank_import({ count: count(p.added), file: text(p.file) });
    case 'bank.place_item':
      return m.review_audit_bank_place_item();
    case 'bank.review':
      return m.review_audit_bank_review();
    case 'bank.step':
      return m.review_audit_bank_step({ step: stepOf(p.step) });
    case 'bank.change_many':
      return m.review_audit_bank_change_many({ count: count(p.count) });
    case 'bank.add_topic':
      return m.review_audit_bank_add_topic({ name });
    case 'bank.edit_topic':
      return m.review_audit_bank_edit_topic({ from: text(p.from), name });
    case 'bank.merge_topic':
      return m.review_audit_bank_merge_topic({ from: text(p.from), name });
    case 'bank.remove_topic':
      return m.review_audit_bank_remove_topic({ name });
    case 'bank.save_act':
      return m.review_audit_bank_save_act({ name });
    case 'bank.remove_act':
      return m.review_audit_bank_remove_act({ name });
    case 'bank.compare':
      return m.review_audit_bank_compare();
    case 'bank.decide_alike':
      return m.review_audit_bank_decide_alike();
    case 'paper.create_blueprint':
      return m.contest_audit_act_paper_create_blueprint({ name: text(p.name) });
    case 'paper.save_blueprint':
      return m.contest_audit_act_paper_save_blueprint({ name: text(p.name), items: count(p.items) });
    case 'paper.remove_blueprint':
      return m.contest_audit_act_paper_remove_blueprint({ name: text(p.name) });
    case 'paper.draw':
      return m.contest_audit_act_paper_draw({ name: text(p.name), number: count(p.number) });
    case 'paper.replace_item':
      return m.contest_audit_act_paper_replace_item({ name: text(p.name), number: count(p.number) });
    case 'paper.see_key':
      return m.contest_audit_act_paper_see_key({ name: text(p.name), number: count(p.number) });
    case 'paper.print_key':
      return m.contest_audit_act_paper_print_key({ name: text(p.name), number: count(p.number) });
    case 'result.tell':
      return m.contest_audit_act_result_tell();
    case 'result.awards':
      return m.contest_audit_act_result_awards();
    case 'ceremony.settings':
      return m.contest_audit_act_ceremony_settings();
    case 'ceremony.begin':
      return m.contest_audit_act_ceremony_begin();
    case 'ceremony.stop':
      return m.contest_audit_act_ceremony_stop();
    case 'ceremony.end':
      return m.contest_audit_act_ceremony_end();
    case 'board.freeze':
      return m.contest_audit_act_board_freeze();
    case 'board.thaw':
      return m.contest_audit_act_board_thaw();
    case 'result.finalize':
      return m.contest_audit_act_result_finalize({ revision: count(p.revision) });
    case 'exam.prepared':
      return m.exam_act_prepared({ round });
    case 'exam.unprepared':
      return m.exam_act_unprepared({ round });
    case 'exam.ready':
      return m.exam_act_ready({ round });
    case 'exam.opened':
      return m.exam_act_opened({ round });
    case 'exam.paused':
      return m.exam_act_paused({ round });
    case 'exam.resumed':
      return m.exam_act_resumed({ round });
    case 'exam.override':
      return m.exam_act_override({ round });
    case 'exam.override_asked':
      return m.exam_control_act_override_asked({ round });
    case 'exam.override_refused':
      return m.exam_control_act_override_refused({ round });
    case 'exam.announced':
      return m.exam_control_act_announced({ round });
    case 'exam.answered':
      return m.exam_control_act_answered({ round });
    case 'exam.released':
      return m.exam_control_act_released({ round });
    case 'exam.void':
      return m.exam_act_void({ round });
    case 'exam.correct':
      return m.exam_act_correct({ round });
    case 'exam.published':
      return m.exam_act_published({ round });
    case 'exam.settled':
      return m.exam_act_settled({ round });
    case 'exam.closed':
      return m.exam_act_closed({ round });
    case 'exam.scored':
      return m.exam_act_scored({ round });
    case 'exam.appeal':
      return m.exam_result_act_appeal({ round });
    case 'exam.appeal_withdrawn':
      return m.exam_result_act_appeal_withdrawn({ round });
    case 'exam.appeal_accepted':
      return m.exam_result_act_appeal_accepted({ round });
    case 'exam.appeal_rejected':
      return m.exam_result_act_appeal_rejected({ round });
    case 'exam.extended':
      return m.exam_act_extended({ round, seconds: integer(Math.round(Number(p.by_us) / 1e6)) });
    case 'stage.settings':
      return m.contest_audit_act_stage_settings({ round });
    case 'stage.items':
      return m.contest_audit_act_stage_items({ round, count: count(p.versions) });
    case 'stage.started':
      return m.contest_audit_act_stage_started({ round });
    case 'stage.voided':
      return m.contest_audit_act_stage_voided({ round, play });
    case 'stage.replaced':
      return m.contest_audit_act_stage_replaced({ round, play });
    case 'stage.corrected':
      return m.contest_audit_act_stage_corrected({ round, play });
    case 'stage.finished':
      return m.contest_audit_act_stage_finished({ round });
    case 'stage.scored':
      return m.contest_audit_act_stage_scored({ round });
    case 'stage.undone':
      return m.contest_audit_act_stage_undone({ round });
    case 'vote.settings':
      return m.contest_audit_act_vote_settings({ round });
    case 'vote.open':
      return m.contest_audit_act_vote_open({ round });
    case 'vote.close':
      return m.contest_audit_act_vote_close({ round, count: count(p.votes) });
    case 'vote.publish':
      return m.contest_audit_act_vote_publish({ round });
    case 'vote.tickets':
      return m.contest_audit_act_vote_tickets({ round, count: count(p.count) });
    case 'vote.void':
      return m.contest_audit_act_vote_void({ round, count: count(p.count) });
    default:
      return judgingWords(act.action, p, round, name) ?? m.contest_audit_act_other({ action: act.action });
  }
}
