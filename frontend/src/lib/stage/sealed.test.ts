import { chacha20 } from '@noble/ciphers/chacha.js';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Sealed, unseal } from './sealed';

const secret = Uint8Array.from({ length: 32 }, (_, i) => i + 1);
const key = btoa(String.fromCharCode(...secret));

/** What the server does: a head of 64 bytes, the bytes, zeros; one key, a nonce of zeros. */
function seal(type: string, data: Uint8Array): Uint8Array {
  const plain = new Uint8Array(64 + data.length + 1000);
  new DataView(plain.buffer).setUint32(0, data.length);
  plain[4] = type.length;
  plain.set(
    [...type].map((c) => c.charCodeAt(0)),
    5,
  );
  plain.set(data, 64);
  return chacha20(secret, new Uint8Array(12), plain);
}

const picture = (size: number) => Uint8Array.from({ length: size }, (_, i) => (i * 31) % 251);

afterEach(() => vi.unstubAllGlobals());

describe('a sealed file', () => {
  it('opens with its key, whatever its size', async () => {
    for (const size of [0, 1, 63, 64, 500, 524_288, 524_289, 1_300_000]) {
      const { type, data } = await unseal(seal('image/png', picture(size)), key);
      expect(type).toBe('image/png');
      expect(data.length).toBe(size);
      expect(Buffer.from(data).equals(Buffer.from(picture(size)))).toBe(true);
    }
  });

  it('is what the server makes of it', async () => {
    // From seal() of server/stage: the same head, key and order of blocks.
    const sealed = Uint8Array.from(
      atob(
        '2meeRUvI2uTfenIxML8VIXZuQ6cuP66gAW6nue2dgUS/e5iEVcIjkpsY2gg3yDA720KsQP7OdyB9FEzt9yKsh0R00oLCNELn5aGJ9LfLq0ZnZpvnEuNHfbW6RDH1j4xlrTdGAIF6YnXg/mKBygWa5uYYwY+jhODNy9waqJiwCmk=',
      ),
      (c) => c.charCodeAt(0),
    );
    const { type, data } = await unseal(sealed, 'Y14kEGzNIMmTnYej+PYyBPdlPVRr0W4dYyMDIasNUOs=');
    expect(type).toBe('image/gif');
    expect(new TextDecoder().decode(data)).toBe('GIF89a picture');
  });

  it('says so when the key is another', async () => {
    const other = btoa(String.fromCharCode(...secret.map((b) => b ^ 0x55)));
    await expect(unseal(seal('image/png', picture(10)), other)).rejects.toThrow('another key');
  });
});

describe('fetching ahead', () => {
  const served = (answers: Record<string, () => Promise<Response>>) => {
    const asked: string[] = [];
    vi.stubGlobal('fetch', (address: string) => {
      const id = address.split('/').pop() ?? '';
      asked.push(id);
      return answers[id]?.() ?? Promise.reject(new TypeError('no network'));
    });
    return asked;
  };
  const file = (data: Uint8Array) => () =>
    Promise.resolve(new Response(seal('image/png', data).slice().buffer));

  it('fetches each file once, and nothing more when it is shown', async () => {
    const asked = served({ a: file(picture(10)), b: file(picture(20)) });
    const sealed = new Sealed(7, 0);
    sealed.ahead(['a', 'b']);
    await vi.waitFor(() => expect(asked).toEqual(['a', 'b']));
    sealed.ahead(['a', 'b']);
    expect(await sealed.open('b', key)).toMatch(/^blob:/);
    expect(asked).toEqual(['a', 'b']);
  });

  it('fetches what is shown now when it is not there yet, also at the second try', async () => {
    let tries = 0;
    const asked = served({
      a: () => (++tries === 1 ? Promise.reject(new TypeError('no network')) : file(picture(10))()),
    });
    expect(await new Sealed(7, 60_000).open('a', key)).toMatch(/^blob:/);
    expect(asked).toEqual(['a', 'a']);
  });

  it('tries again when the network was away', async () => {
    let tries = 0;
    const asked = served({
      a: () => (++tries < 3 ? Promise.resolve(new Response('', { status: 503 })) : file(picture(10))()),
    });
    const sealed = new Sealed(7, 0);
    sealed.ahead(['a']);
    await vi.waitFor(() => expect(asked.length).toBe(3));
    expect(await sealed.open('a', key)).toMatch(/^blob:/);
    expect(asked.length).toBe(3);
  });
});
