import { describe, expect, it } from 'vitest';
import { dayText, parseDay } from './days';

describe('days without an hour', () => {
  it('reads what people type', () => {
    for (const text of ['01/07/2025', '1/7/2025', ' 1-7-2025 ', '1.7.2025', '2025-07-01']) {
      expect(parseDay(text)).toBe('2025-07-01');
    }
    expect(dayText('2025-07-01')).toBe('01/07/2025');
  });

  it('refuses what is no day', () => {
    for (const text of ['', '31/02/2025', '7/2025', '01/13/2025', 'hôm nay', '01/07/25', '01/07/1025']) {
      expect(parseDay(text)).toBeNull();
    }
  });
});
