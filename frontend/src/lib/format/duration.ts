// Lengths of time: clocks count up to the next whole second, so that "0:01" is shown until nothing is left.

/** 18000 ms → "0:18", 342 s → "5:42", 3 h → "3:00:00" */
export function clockDigits(milliseconds: number): string {
  const total = Math.max(0, Math.ceil(milliseconds / 1000));
  const s = String(total % 60).padStart(2, '0');
  const minutes = Math.floor(total / 60);
  if (minutes < 60) return `${minutes}:${s}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${s}`;
}
