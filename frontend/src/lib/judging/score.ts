// The arithmetic that a judge sees at once, the same as the server's (package scoring): whole hundredths, each printed
// number rounded half up. What counts is always what the server computes; here nothing is ever stored.
import type { Criterion, Overtime } from './types';

const fullWeight = 10_000;

/** The distance between two printed numbers, in hundredths. */
export const unitOf = (decimals: number) => (decimals === 0 ? 100 : decimals === 1 ? 10 : 1);

const divideHalfUp = (a: number, b: number) => Math.floor((2 * a + b) / (2 * b));

/** What a mark counts for: mark × weight, rounded to what is printed on the sheet. */
export function valueOf(mark: number, weight: number, decimals: number): number {
  const unit = unitOf(decimals);
  return divideHalfUp(mark * weight, fullWeight * unit) * unit;
}

/** The sum of a sheet so far, and how many criteria have no mark. */
export function totalOf(
  criteria: readonly Criterion[],
  mark: (criterion: number) => number | null,
  decimals: number,
): { total: number; missing: number } {
  let total = 0;
  let missing = 0;
  for (const c of criteria) {
    const value = mark(c.id);
    if (value === null) missing++;
    else total += valueOf(value, c.weight, decimals);
  }
  return { total, missing };
}

/** What the time used costs, in hundredths of a point. */
export function deductionOf(rule: Overtime, usedSeconds: number): number {
  const over = rule.limit_seconds > 0 ? Math.max(usedSeconds - rule.limit_seconds, 0) : 0;
  switch (rule.method) {
    case 'steps': {
      let deduction = 0;
      for (const step of rule.steps ?? []) if (over >= step.from_seconds) deduction = step.deduction;
      return deduction;
    }
    case 'per_minute':
      return Math.floor(over / 60) * (rule.per_minute ?? 0);
    default:
      return 0;
  }
}

/** Digits after the comma that keep a column of marks in line: 8,0 beside 8,5. */
export const decimalsOfStep = (step: number) => (step % 100 === 0 ? 0 : step % 10 === 0 ? 1 : 2);

/** Digits after the comma for totals of these criteria. */
export const decimalsOfTotal = (criteria: readonly Criterion[], decimals: number) =>
  Math.min(
    decimals,
    criteria.some((c) => c.weight !== fullWeight)
      ? 2
      : Math.max(0, ...criteria.map((c) => decimalsOfStep(c.step))),
  );
