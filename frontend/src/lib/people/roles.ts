// Roles in a contest, in the order of the work.
import { m } from '$lib/paraglide/messages.js';
import type { Role } from '$lib/session';

export const roles: Role[] = [
  'organizer',
  'host',
  'secretary',
  'judge',
  'supervisor',
  'timekeeper',
  'author',
  'reviewer',
];

/** Roles whose tablet is paired by a QR code, without a password. */
export const pairable = (role: Role) => role === 'judge' || role === 'timekeeper';

export function roleLabel(role: Role): string {
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
    case 'leader':
      return m.leader_role();
  }
}

export function roleHint(role: Role): string {
  switch (role) {
    case 'organizer':
      return m.people_hint_organizer();
    case 'host':
      return m.people_hint_host();
    case 'secretary':
      return m.people_hint_secretary();
    case 'judge':
      return m.people_hint_judge();
    case 'supervisor':
      return m.people_hint_supervisor();
    case 'timekeeper':
      return m.people_hint_timekeeper();
    case 'author':
      return m.review_role_author_hint();
    case 'reviewer':
      return m.review_role_reviewer_hint();
    case 'leader':
      return m.leaders_lead();
  }
}
