// Files that the server makes: fetched with the person's cookies, then handed to the browser to save.
import { Fault } from '$lib/api/fault';

/** Saves what a path answers; gives the response's headers. Throws a Fault. */
export async function saveFile(path: string, body?: unknown, method = 'POST'): Promise<Headers> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw Fault.network();
  }
  if (!response.ok) throw Fault.parse(await response.json().catch(() => null), response.status);
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = nameOf(response.headers.get('Content-Disposition')) || 'hoithi';
  link.click();
  // Safari reads the address after the click has returned.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  return response.headers;
}

/** The file's name in a Content-Disposition of ours. */
export function nameOf(disposition: string | null): string {
  const found = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? '');
  return found?.[1] ? decodeURIComponent(found[1]) : '';
}

/** Copies a text; false where the browser does not allow it (plain http in a hall). */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
