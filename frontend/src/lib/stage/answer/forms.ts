// The forms of the types that have more than one part, in a file that a round fetches once it stands.
export { default as FillIn } from './FillIn.svelte';
export { default as Group } from './Group.svelte';
export { default as Matching } from './Matching.svelte';
export { default as Ordering } from './Ordering.svelte';
