// The files of a round's items (pictures, sounds, films) on a page that follows the round. They come beforehand, sealed;
// the key comes with the view that shows the item. What fetches and opens them is a file of its own, which only rounds
// with such files ask for.
import { untrack } from 'svelte';
import type { Addresses, Followed } from './sealed';

/** By the file's id; '' while it is being opened. */
let addresses: Addresses = $state.raw({});

/** Follows the round's newest view. Call it before the view is drawn: $effect.pre. */
export function followFiles(view: Followed | undefined): void {
  const keys = view?.play?.files;
  if (!view || !(keys || view.ahead)) return;
  untrack(() => {
    for (const { file_id } of keys ?? []) addresses = { [file_id]: '', ...addresses };
  });
  import('./sealed').then(
    (sealed) => sealed.follow(view, (more) => (addresses = { ...addresses, ...more })),
    // What can't be opened is read as it is, once it is public.
    () => (addresses = {}),
  );
}

/** Where a file can be read, for src=; '' for the moment that it takes to open it. */
export const fileAddress = (file: string) => addresses[file] ?? `/api/files/${file}`;
