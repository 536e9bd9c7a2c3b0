// The one way to the server's HTTP API, typed by the generated contract:
//   const contest = await call(api.GET('/api/organizer/contests/{contest}', { params: { path: { contest: 7 } } }));
// `call` gives the data or throws a Fault. Cookies go along by themselves; the server refuses what other sites send.
import { Fault } from './fault';
import { api } from './request';

export { api };

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The data of an answer; everything else is thrown as a Fault. */
export async function call<T>(request: Promise<Answer<T>>): Promise<NonNullable<T>> {
  let answer: Answer<T>;
  try {
    answer = await request;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw Fault.network();
  }
  const { response } = answer;
  if (response.ok) return answer.data as NonNullable<T>;
  throw Fault.parse(answer.error, response.status, Number(response.headers.get('Retry-After') ?? 0));
}

/**
 * Sends a file as it is (imports, logos) or a form, with progress, which fetch cannot tell; throws a Fault.
 * `onprogress` gets 0 to 1.
 */
export function upload<T>(
  path: string,
  body: Blob | FormData,
  { method = 'POST', onprogress }: { method?: 'POST' | 'PUT'; onprogress?: (part: number) => void } = {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, path);
    request.responseType = 'json';
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onprogress?.(event.loaded / event.total);
    };
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(request.response as T);
      else reject(Fault.parse(request.response, request.status));
    };
    request.onerror = request.ontimeout = () => reject(Fault.network());
    request.send(body);
  });
}
