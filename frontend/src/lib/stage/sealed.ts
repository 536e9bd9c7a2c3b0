// Sealed files: fetched before their item is shown, kept as they came, and opened when the key is there. The cipher is
// plain JavaScript, because crypto.subtle is not there on plain http in a hall.
import { chacha20 } from '@noble/ciphers/chacha.js';
import type { components } from '$lib/api/schema.gen';

/** What is read of a view of the round. */
export type Followed = {
  round_id: number;
  ahead?: components['schemas']['StageSealedFile'][];
  play?: { files?: components['schemas']['StageFileKey'][] };
};

/** Where files can be had, by their id; '' while one is being opened, undefined: under its own id. */
export type Addresses = Record<string, string | undefined>;

/** Before the bytes: how many they are (4 bytes), the length of their type (1 byte), the type. */
const head = 64;
/** So much is deciphered in one go; in between the page may answer a touch. */
const slice = 1 << 19;
/** All phones of a hall hear of a new file at once: each begins at a moment of its own. */
const spreadMs = 8000;
const nonce = new Uint8Array(12);

const wait = (ms: number) => new Promise((go) => setTimeout(go, ms));

export class Sealed {
  #round: number;
  #kept = new Map<string, Promise<Uint8Array>>();
  #wanted: string[] = [];
  #busy = false;
  #spreadMs: number;

  constructor(round: number, spread = spreadMs) {
    this.#round = round;
    this.#spreadMs = spread;
  }

  /** Fetches these one after another, as the network allows, and forgets those that nobody asks for any more. */
  ahead(ids: string[]): void {
    for (const id of this.#kept.keys()) if (!ids.includes(id)) this.#kept.delete(id);
    this.#wanted = ids.filter((id) => !this.#kept.has(id));
    if (!this.#busy && this.#wanted.length > 0) void this.#work();
  }

  end(): void {
    this.#wanted = [];
    this.#kept.clear();
  }

  async #work(): Promise<void> {
    this.#busy = true;
    await wait(Math.random() * this.#spreadMs);
    for (let id = this.#wanted.shift(); id; id = this.#wanted.shift()) {
      try {
        await this.#get(id);
      } catch {
        this.#wanted.push(id);
        await wait((0.3 + 0.7 * Math.random()) * this.#spreadMs);
      }
    }
    this.#busy = false;
  }

  #get(id: string): Promise<Uint8Array> {
    const known = this.#kept.get(id);
    if (known) return known;
    const coming = this.#fetch(id);
    this.#kept.set(id, coming);
    coming.catch(() => {
      if (this.#kept.get(id) === coming) this.#kept.delete(id);
    });
    return coming;
  }

  async #fetch(id: string): Promise<Uint8Array> {
    const response = await fetch(`/api/rounds/${this.#round}/sealed/${id}`, { credentials: 'same-origin' });
    if (!response.ok) throw new Error(`sealed file: ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  }

  /** The address of an opened file. One that has not been fetched is fetched now, with a second try. */
  async open(id: string, key: string): Promise<string> {
    this.#wanted = this.#wanted.filter((other) => other !== id);
    const bytes = await this.#get(id).catch(() => wait(300).then(() => this.#get(id)));
    const { type, data } = await unseal(bytes, key);
    this.#kept.delete(id);
    return URL.createObjectURL(new Blob([data], { type }));
  }
}

let round: Sealed | undefined;
let roundId = 0;
const opened = new Map<string, string>();

/** Fetches what a view lists and opens what it has the keys of. */
export function follow(view: Followed, put: (addresses: Addresses) => void): void {
  if (!round || roundId !== view.round_id) {
    round?.end();
    round = new Sealed(view.round_id);
    roundId = view.round_id;
  }
  const keys = view.play?.files ?? [];
  for (const [file, address] of opened) {
    if (keys.some((key) => key.file_id === file)) continue;
    opened.delete(file);
    URL.revokeObjectURL(address);
    put({ [file]: undefined });
  }
  for (const { file_id: file, sealed, key } of keys) {
    if (opened.has(file)) continue;
    opened.set(file, '');
    round.open(sealed, key).then(
      (address) => {
        if (opened.get(file) === '') {
          opened.set(file, address);
          put({ [file]: address });
        } else URL.revokeObjectURL(address);
      },
      // It is public now, and can be read as it is.
      () => put({ [file]: undefined }),
    );
  }
  round.ahead(view.ahead?.map(({ id }) => id) ?? []);
}

/** What was sealed, with its type. */
export async function unseal(
  bytes: Uint8Array,
  key: string,
): Promise<{ type: string; data: Uint8Array<ArrayBuffer> }> {
  const secret = Uint8Array.from(atob(key), (c) => c.charCodeAt(0));
  const decipher = (from: number, to: number, into: Uint8Array) =>
    chacha20(secret, nonce, bytes.subarray(from, to), into.subarray(from, to), from / 64);
  if (bytes.length < head) throw new Error('sealed file: cut off');
  const plain = new Uint8Array(bytes.length);
  decipher(0, head, plain);
  const size = new DataView(plain.buffer).getUint32(0);
  const end = head + size;
  const typeEnd = 5 + (plain[4] ?? 0);
  if (end > bytes.length || typeEnd > head) throw new Error('sealed file: another key');
  for (let at = head; at < end; at += slice) {
    if (at > head) await wait(0);
    decipher(at, Math.min(at + slice, end), plain);
  }
  return {
    type: String.fromCharCode(...plain.subarray(5, typeEnd)),
    data: plain.subarray(head, end),
  };
}
