// What a contestant meets beside the questions: the end, another device, asking for help. One file, fetched after the
// round stands.
export { default as OtherDevice } from './OtherDevice.svelte';
export { default as Sheets } from './Sheets.svelte';
export { default as Summary } from './Summary.svelte';

/** What lies over the page. */
export type Sheet = 'help' | 'release' | 'leave' | null;
