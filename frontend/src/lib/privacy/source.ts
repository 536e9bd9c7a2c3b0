// Where one's own data comes from: by the registration's secret, or by the device that is signed in as the entry. Both
// may do the same; a device is asked for the code before a citizen number is shown in full.
import { api, call } from '$lib/api/client';
import { saveFile } from '$lib/roster/save';
import type { Kind, Own } from './words';

export type Source = {
  /** A citizen number is shown in full only against the entry's code. */
  byCode: boolean;
  look(full: boolean, code: string): Promise<Own>;
  decide(purpose: string, given: boolean): Promise<Own>;
  ask(kind: Kind, words: string): Promise<Own>;
  cancel(request: number): Promise<Own>;
  save(format: 'json' | 'pdf', code: string): Promise<unknown>;
};

export const byReceipt = (receipt: string): Source => ({
  byCode: false,
  look: (full) => call(api.POST('/api/audience/my-data', { body: { receipt, full } })),
  decide: (purpose, given) =>
    call(api.POST('/api/audience/my-data/consent', { body: { receipt, purpose, given } })),
  ask: (kind, words) => call(api.POST('/api/audience/my-data/requests', { body: { receipt, kind, words } })),
  cancel: (request) =>
    call(
      api.POST('/api/audience/my-data/requests/{request}/cancel', {
        params: { path: { request } },
        body: { receipt },
      }),
    ),
  save: (format) => saveFile('/api/audience/my-data/export', { receipt, format }),
});

export const byEntry: Source = {
  byCode: true,
  look: (full, code) => call(api.POST('/api/contestant/my-data', { body: { code: full ? code : '' } })),
  decide: (purpose, given) => call(api.POST('/api/contestant/my-data/consent', { body: { purpose, given } })),
  ask: (kind, words) => call(api.POST('/api/contestant/my-data/requests', { body: { kind, words } })),
  cancel: (request) =>
    call(api.POST('/api/contestant/my-data/requests/{request}/cancel', { params: { path: { request } } })),
  save: (format, code) => saveFile('/api/contestant/my-data/export', { format, code }),
};
