export { requireAccount, requireEntry, requireRole, safeNext } from './guard';
export { session, type Role, type SessionView } from './session.svelte';
