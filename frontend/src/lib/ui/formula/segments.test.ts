import { describe, expect, it } from 'vitest';
import { segments } from './segments';

const cases: Record<string, string> = {
  'không có': 'không có',
  'Giải $x^2 = 4$ nhé': 'Giải |{x^2 = 4}| nhé',
  '$$\\frac{1}{2}$$': '{{\\frac{1}{2}}}',
  'giá \\$5': 'giá $5',
  'từ $5 đến $10': 'từ $5 đến $10',
  '5$ hay 10$': '5$ hay 10$',
  $x: '$x',
  '$$ $$': '$$ $$',
  '$\\$5$': '{\\$5}',
  '$a\nb$': '$a\nb$',
  '$$a\nb$$': '{{a\nb}}',
  $a$$b$: '{a}|{b}',
  '$ a$': '$ a$',
  'cuối $': 'cuối $',
  'Ô $A$1 cố định': 'Ô $A$1 cố định',
  '=SUM($A$1:$B$2)': '=SUM($A$1:$B$2)',
  '=$A1*$B1': '=$A1*$B1',
  '=A$1+B$1': '=A$1+B$1',
  '($x$)': '(|{x}|)',
  '$n$-giác': '{n}|-giác',
};

describe('segments', () => {
  for (const [text, want] of Object.entries(cases)) {
    it(`reads ${JSON.stringify(text)} as the server does`, () => {
      const got = segments(text).map((s) =>
        s.display ? `{{${s.text}}}` : s.formula ? `{${s.text}}` : s.text,
      );
      expect(got.join('|')).toBe(want);
    });
  }
});
