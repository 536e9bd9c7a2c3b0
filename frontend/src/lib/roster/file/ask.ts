// Requests of a list that comes in: the same operations under the organizer's and the leader's path.
import { call, Fault } from '$lib/api';

/** Sends JSON to one of the two places; throws a Fault. */
export async function ask<T>(path: string, method: 'GET' | 'POST' | 'PUT', body?: unknown): Promise<T> {
  const request = async () => {
    const response = await fetch(path, {
      method,
      credentials: 'same-origin',
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
    });
    const answer: unknown = await response.json().catch(() => null);
    return response.ok ? { data: answer as T, response } : { error: answer, response };
  };
  return (await call<T>(request())) as T;
}

export { Fault };
