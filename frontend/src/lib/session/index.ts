export { requireAccount, requireAnyAccount, requireEntry, requireRole, safeNext } from './guard';
export { session, type Role, type SessionView } from './session.svelte';
