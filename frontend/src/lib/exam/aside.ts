// What a contestant meets beside answering: the overview, submitting, the end, another device, messages, how it is drawn.
// One file, fetched after the exam stands, so that it is there when the network is not.
export { default as Attempts } from './Attempts.svelte';
export { default as Banners } from './Banners.svelte';
export { default as Closing } from './Closing.svelte';
export { default as Ended } from './Ended.svelte';
export { default as Grid } from './Grid.svelte';
export { default as OtherDevice } from './OtherDevice.svelte';
export { default as Sheets } from './Sheets.svelte';

/** What lies over the page. */
export type Sheet =
  'start' | 'menu' | 'overview' | 'submit' | 'messages' | 'ask' | 'display' | 'release' | 'leave' | null;
