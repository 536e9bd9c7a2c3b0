import { describe, expect, it } from 'vitest';
import { closeCode } from './protocol';
import { comeBack } from './schedule';

const after = (code: number, failures: number, random: number) => {
  const next = comeBack(code, failures, 2000, random);
  if (!('after' in next)) throw new Error('stopped');
  return next.after;
};

describe('coming back', () => {
  it('spreads the first return over the server window', () => {
    expect(after(1006, 0, 0)).toBe(0);
    expect(after(1006, 0, 0.999)).toBeCloseTo(1998);
    expect(after(closeCode.restart, 0, 0.5)).toBe(1000);
  });

  it('comes back at once when the server asks for it, but not in a loop', () => {
    expect(after(closeCode.reconnect, 0, 0.9)).toBe(0);
    expect(after(closeCode.reconnect, 1, 0.9)).toBeGreaterThan(500);
  });

  it('leaves a full server alone for ten seconds', () => {
    expect(after(closeCode.tryLater, 0, 0)).toBe(10_000);
    expect(after(closeCode.tryLater, 3, 1)).toBe(12_000);
  });

  it('waits longer with each failure, never more than 14 seconds', () => {
    for (let failures = 1; failures < 40; failures++) {
      expect(after(1006, failures, 1)).toBeLessThanOrEqual(14_000);
      expect(after(1006, failures, 0.5)).toBeGreaterThanOrEqual(
        Math.min(after(1006, failures - 1 || 1, 0.5), 9_000),
      );
    }
  });

  it('stays away when signed out or superseded', () => {
    expect(comeBack(closeCode.signedOut, 0, 2000, 0)).toEqual({ stop: 'signed_out' });
    expect(comeBack(closeCode.superseded, 5, 2000, 0)).toEqual({ stop: 'superseded' });
  });
});
