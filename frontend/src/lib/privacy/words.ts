// What happens with personal data, in words.
import type { components } from '$lib/api/schema.gen';
import { m } from '$lib/paraglide/messages.js';
import type { PillTone } from '$lib/ui/Pill.svelte';

type Schemas = components['schemas'];
export type Own = Schemas['PrivacyOwnView'];
export type Request = Schemas['PrivacyRequestView'];
export type Kind = Request['kind'];

export const kindWords: Record<Kind, () => string> = {
  see: m.privacy_kind_see,
  correct: m.privacy_kind_correct,
  withdraw: m.privacy_kind_withdraw,
  export: m.privacy_kind_export,
  erase: m.privacy_kind_erase,
};

/** The same, said by organizers. */
export const requestWords: Record<Kind, () => string> = {
  see: m.privacy_request_see,
  correct: m.privacy_request_correct,
  withdraw: m.privacy_request_withdraw,
  export: m.privacy_request_export,
  erase: m.privacy_request_erase,
};

export const stateWords: Record<Request['state'], { label: () => string; tone: PillTone }> = {
  open: { label: m.privacy_state_open, tone: 'warn' },
  accepted: { label: m.privacy_state_accepted, tone: 'accent' },
  done: { label: m.privacy_state_done, tone: 'good' },
  refused: { label: m.privacy_state_refused, tone: 'bad' },
  cancelled: { label: m.privacy_state_cancelled, tone: 'neutral' },
};

export const methodWords: Record<Schemas['PrivacyConsentLine']['method'], () => string> = {
  form: m.privacy_method_form,
  own_page: m.privacy_method_own_page,
  leader: m.privacy_method_leader,
  organizer: m.privacy_method_organizer,
};

const purposes: Record<string, () => string> = {
  take_part: m.privacy_purpose_take_part,
  publish: m.privacy_purpose_publish,
  later_contests: m.privacy_purpose_later,
  guardian: m.privacy_purpose_guardian,
};
export const purposeTitle = (key: string) => purposes[key]?.() ?? key;

const accesses: Record<string, () => string> = {
  detail: m.privacy_access_detail,
  request: m.privacy_access_request,
  'roster.export_list': m.privacy_access_export,
  'roster.print_cards': m.privacy_access_cards,
};
export const accessWords = (purpose: string) => accesses[purpose]?.() ?? purpose;

const letters: Record<string, () => string> = {
  registered: m.privacy_mail_registered,
  approved: m.privacy_mail_approved,
  declined: m.privacy_mail_declined,
  waitlisted: m.privacy_mail_waitlisted,
  moved_up: m.privacy_mail_moved_up,
  change_answered: m.privacy_mail_change_answered,
  data_answered: m.privacy_mail_data_answered,
  data_erased: m.privacy_mail_data_erased,
  invitation: m.privacy_mail_invitation,
  keeping_over: m.privacy_mail_keeping_over,
};
export const letterWords = (template: string) => letters[template]?.() ?? template;

export const mailState: Record<Schemas['MailRecordView']['state'], { label: () => string; tone: PillTone }> =
  {
    queued: { label: m.privacy_mail_queued, tone: 'warn' },
    sending: { label: m.privacy_mail_sending, tone: 'warn' },
    sent: { label: m.privacy_mail_sent, tone: 'good' },
    failed: { label: m.privacy_mail_failed, tone: 'bad' },
  };

const problems: Record<string, () => string> = {
  unreachable: m.privacy_mail_problem_unreachable,
  refused: m.privacy_mail_problem_refused,
  bad_address: m.privacy_mail_problem_bad_address,
  rejected: m.privacy_mail_problem_rejected,
  busy: m.privacy_mail_problem_busy,
  too_many: m.privacy_mail_problem_too_many,
  gave_up: m.privacy_mail_problem_gave_up,
};
export const problemWords = (problem: string) => problems[problem]?.() ?? '';
