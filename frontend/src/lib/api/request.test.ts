import { afterEach, describe, expect, it, vi } from 'vitest';
import { call } from './client';
import { addressOf, api } from './request';

afterEach(() => vi.unstubAllGlobals());

function answering(response: () => Response) {
  const asked = vi.fn<(address: string, init: RequestInit) => Promise<Response>>(() =>
    Promise.resolve(response()),
  );
  vi.stubGlobal('fetch', asked);
  return asked;
}

describe('requests by the contract', () => {
  it('writes values into the path and leaves open what is not asked', () => {
    expect(addressOf('/api/a/{slug}/b/{id}', { path: { slug: 'đố em', id: 7 } })).toBe(
      '/api/a/%C4%91%E1%BB%91%20em/b/7',
    );
    expect(addressOf('/api/a', { query: { q: undefined, page: 0, of: null, tag: ['x', 'y'] } })).toBe(
      '/api/a?page=0&tag=x&tag=y',
    );
  });

  it('takes what the page has asked for already, once, and nothing from before an act', async () => {
    const view = (name: string) => new Response(JSON.stringify({ name }), { status: 200 });
    const fetched = answering(() => view('now'));
    const early = () => ({ 'GET /api/session': Promise.resolve(view('early')) });
    vi.stubGlobal('hoithiEarly', early());
    expect(await call(api.GET('/api/session'))).toEqual({ name: 'early' });
    expect(await call(api.GET('/api/session'))).toEqual({ name: 'now' });
    expect(fetched).toHaveBeenCalledTimes(1);

    vi.stubGlobal('hoithiEarly', early());
    await call(api.POST('/api/session/sign-out'));
    expect(await call(api.GET('/api/session'))).toEqual({ name: 'now' });
  });

  it('sends JSON and gives what was answered', async () => {
    const asked = answering(() => new Response('{"account":null}', { status: 200 }));
    await call(api.POST('/api/session/sign-in', { body: { login: 'lan', password: 'x' } }));
    const [address, init] = asked.mock.calls[0] ?? [];
    expect(address).toBe('/api/session/sign-in');
    expect(init).toMatchObject({ method: 'POST', credentials: 'same-origin' });
    expect(JSON.parse(String(init?.body))).toEqual({ login: 'lan', password: 'x' });
    expect(init?.headers).toEqual({ 'Content-Type': 'application/json' });
  });

  it('takes an empty answer', async () => {
    answering(() => new Response(null, { status: 204 }));
    expect(await call(api.POST('/api/session/sign-out'))).toBeUndefined();
  });

  it('turns refusals, foreign pages and silence into faults', async () => {
    answering(
      () =>
        new Response('{"status":429,"code":"too_many","detail":"Chờ chút."}', {
          status: 429,
          headers: { 'Retry-After': '12' },
        }),
    );
    await expect(call(api.GET('/api/session'))).rejects.toMatchObject({
      code: 'too_many',
      detail: 'Chờ chút.',
      retryAfterSeconds: 12,
    });
    answering(() => new Response('<html>502</html>', { status: 502 }));
    await expect(call(api.GET('/api/session'))).rejects.toMatchObject({ status: 502, code: 'unknown' });
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
    await expect(call(api.GET('/api/session'))).rejects.toMatchObject({ status: 0, code: 'offline' });
  });
});
