// When to come back after a lost connection. A thousand phones must not return in the same instant, so every return
// is spread over the server's jitter window.
import { closeCode } from './protocol';

export type Return = { after: number } | { stop: 'signed_out' | 'superseded' };

/**
 * What to do after the socket ended with `code`; `failures` counts tries since the last good connection,
 * `jitterMs` comes from the server's welcome, `random` is in [0, 1).
 */
export function comeBack(code: number, failures: number, jitterMs: number, random: number): Return {
  const spread = random * jitterMs;
  switch (code) {
    case closeCode.signedOut:
      return { stop: 'signed_out' };
    case closeCode.superseded:
      return { stop: 'superseded' };
    case closeCode.tryLater:
      return { after: 10_000 + spread };
    case closeCode.reconnect:
      if (failures === 0) return { after: 0 };
  }
  if (failures === 0) return { after: spread };
  // 1, 2, 4, 8, then every 12 seconds: a hall's Wi-Fi comes back without anybody touching the phone.
  return { after: Math.min(12_000, 500 * 2 ** Math.min(failures, 6)) * (0.6 + 0.4 * random) + spread };
}
