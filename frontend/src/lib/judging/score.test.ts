import { describe, expect, it } from 'vitest';
import { decimalsOfTotal, deductionOf, totalOf, valueOf } from './score';
import type { Criterion, Overtime } from './types';

const criterion = (id: number, weight = 10_000, step = 50): Criterion => ({
  id,
  name: `C${id}`,
  description: '',
  max: 1000,
  step,
  weight,
  levels: [],
});

describe('a sheet', () => {
  it('adds up what is given and counts what is missing', () => {
    const marks: Record<number, number | null> = { 1: 850, 2: 0, 3: null };
    expect(totalOf([criterion(1), criterion(2), criterion(3)], (id) => marks[id] ?? null, 2)).toEqual({
      total: 850,
      missing: 1,
    });
  });

  it('rounds each weighted line half up to what is printed', () => {
    expect(valueOf(825, 5000, 2)).toBe(413); // 4,125 → 4,13
    expect(valueOf(825, 5000, 1)).toBe(410);
    expect(valueOf(850, 3000, 0)).toBe(300); // 2,55 → 3
    expect(totalOf([criterion(1, 5000), criterion(2, 3000)], () => 825, 2).total).toBe(413 + 248);
  });

  it('shows as many decimals as its marks can have', () => {
    expect(decimalsOfTotal([criterion(1), criterion(2, 10_000, 100)], 2)).toBe(1);
    expect(decimalsOfTotal([criterion(1, 5000)], 2)).toBe(2);
    expect(decimalsOfTotal([criterion(1, 5000)], 1)).toBe(1);
    expect(decimalsOfTotal([criterion(1, 10_000, 100)], 2)).toBe(0);
  });
});

describe('overtime', () => {
  const steps: Overtime = {
    method: 'steps',
    limit_seconds: 480,
    steps: [
      { from_seconds: 1, deduction: 25 },
      { from_seconds: 60, deduction: 50 },
    ],
  };

  it('takes the highest step that was reached', () => {
    expect([480, 481, 539, 540, 900].map((s) => deductionOf(steps, s))).toEqual([0, 25, 25, 50, 50]);
  });

  it('charges full minutes only', () => {
    const rule: Overtime = { method: 'per_minute', limit_seconds: 300, per_minute: 100 };
    expect([300, 359, 360, 421].map((s) => deductionOf(rule, s))).toEqual([0, 0, 100, 200]);
  });

  it('costs nothing without a rule', () => {
    expect(deductionOf({ method: 'none', limit_seconds: 0 }, 9999)).toBe(0);
  });
});
