// Requests by the contract's paths. Only the types are openapi-fetch's: its own code can do far more than these pages
// ask for, and every phone in the hall would carry it.
import type { Client } from 'openapi-fetch';
import type { paths } from './schema.gen';

type Options = Omit<RequestInit, 'body'> & {
  params?: { path?: Record<string, unknown>; query?: Record<string, unknown> };
  body?: unknown;
  fetch?: typeof fetch;
};

/** "/contests/{slug}" with its values; a query without what is left open. */
export function addressOf(path: string, params: Options['params'] = {}): string {
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(params.path?.[name])),
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params.query ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null) query.append(name, String(one));
    }
  }
  const asked = query.toString();
  return asked ? `${address}?${asked}` : address;
}

/**
 * What the page itself has asked for before this file was here (src/early.js). Each answer is used once, and an act of
 * this page makes what was asked before it stale.
 */
function asked(method: string, address: string) {
  const early = (globalThis as { hoithiEarly?: Record<string, Promise<Response>> }).hoithiEarly ?? {};
  const key = `${method} ${address}`;
  const answer = early[key];
  delete early[key];
  if (method !== 'GET' && !answer) for (const other of Object.keys(early)) delete early[other];
  return answer;
}

async function send(method: string, path: string, options: Options = {}) {
  const { params, body, fetch: by = fetch, ...init } = options;
  const address = addressOf(path, params);
  const response = await (asked(method, address) ??
    by(address, {
      ...init,
      method,
      credentials: 'same-origin',
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
    }));
  const text = await response.text();
  if (response.ok) return { data: text ? JSON.parse(text) : undefined, response };
  let error: unknown = text;
  try {
    error = JSON.parse(text);
  } catch {
    // No problem+json: something between us and the server has answered.
  }
  return { error, response };
}

const by = (method: string) => (path: string, options?: Options) => send(method, path, options);

export const api = {
  GET: by('GET'),
  POST: by('POST'),
  PUT: by('PUT'),
  PATCH: by('PATCH'),
  DELETE: by('DELETE'),
} as unknown as Pick<Client<paths>, 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'>;
