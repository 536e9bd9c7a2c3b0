// The forms of the types that are typed or have more than one part, in a file that a round fetches once it stands.
export { default as FillIn } from './FillIn.svelte';
export { default as Group } from './Group.svelte';
export { default as Matching } from './Matching.svelte';
export { default as Ordering } from './Ordering.svelte';
export { default as Typed } from './Typed.svelte';
