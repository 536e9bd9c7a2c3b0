// What the parts of a plan are called.
import type { components } from '$lib/api/schema.gen';
import { points } from '$lib/format/number';
import { m } from '$lib/paraglide/messages.js';

export type Plan = components['schemas']['PlanView'];
export type PlanRound = components['schemas']['PlanRoundView'];
export type Intake = components['schemas']['ContestIntake'];
export type Tie = components['schemas']['PlanTieView'];
export type Decision = components['schemas']['PlanDecisionView'];
export type Promotion = components['schemas']['PlanPromotionView'];
export type Place = components['schemas']['PlanPlaceView'];
export type LineOf = components['schemas']['PlanLineView'];
export type Outcome = components['schemas']['PlanOutcome'];
export type Team = components['schemas']['PlanLeaderTeamView'];

export type Who = NonNullable<Intake['who']>;

/** How many places a round has, all divisions together. */
export const placesOf = (intake: Intake, divisions: number) => {
  const places = intake.places ?? [];
  const everywhere = places.find((p) => !p.division_id)?.count ?? 0;
  const own = places.filter((p) => p.division_id);
  if (intake.who === 'units') return everywhere;
  return own.reduce((sum, p) => sum + p.count, 0) + everywhere * Math.max(divisions - own.length, 0);
};

/** Who enters a round, in one line. */
export function entersWords(round: PlanRound, divisions: number): string {
  const { intake } = round;
  switch (intake.who) {
    case 'same':
      return m.plan_flow_same();
    case 'tied':
      return m.plan_flow_tied();
    case 'best':
      return m.plan_flow_best({
        places: placesOf(intake, divisions),
        basis: intake.basis === 'previous' ? m.plan_basis_previous_short() : m.plan_basis_overall_short(),
      });
    case 'units':
      return intake.units?.by_block
        ? m.plan_flow_units_block({ places: placesOf(intake, divisions) })
        : m.plan_flow_units({ places: placesOf(intake, divisions) });
    default:
      return m.plan_flow_all();
  }
}

export const cuts = (round: PlanRound) => round.intake.who === 'best' || round.intake.who === 'units';

/** What a tie is about. */
export function tieWords(tie: Tie): string {
  const count = tie.lines.length;
  if (!tie.for) return m.plan_tie_final({ count, place: tie.place });
  if (tie.free > 0) return m.plan_tie_at_line({ count, place: tie.place, round: tie.where, free: tie.free });
  return m.plan_tie_reserve({ count, place: tie.place, round: tie.where });
}

export const keyOf = (tie: Tie) => `${tie.what}/${tie.round_id}/${tie.lines.map((l) => l.id).join(',')}`;

export const lineName = (line: LineOf, what: string) =>
  what === 'unit' ? line.name : `${line.number_text} · ${line.name}`;

export const fateWords = (fate: LineOf['fate'] | Place['state']): string =>
  fate === 'through'
    ? m.plan_fate_through()
    : fate === 'line'
      ? m.plan_fate_line()
      : fate === 'reserve'
        ? m.plan_fate_reserve()
        : fate === 'passed'
          ? m.plan_fate_passed()
          : '';

export const valueOf = (line: LineOf) => points(line.value, 2);
