// What a contestant meets beside answering: what it earned, the end, another device, asking for help. One file, fetched
// after the round stands.
export { default as Earned } from './Earned.svelte';
export { default as OtherDevice } from './OtherDevice.svelte';
export { default as Sheets } from './Sheets.svelte';
export { default as Standing } from './Standing.svelte';
export { default as Summary } from './Summary.svelte';

/** What lies over the page. */
export type Sheet = 'help' | 'release' | 'leave' | null;
