// The live connection of this tab: `live` (commands, state), `LiveTopic` (views), `Outbox` (what must not be lost),
// `serverClock` (the server's time).
export { serverClock } from './clock';
export { live, type ConnectionState } from './connection.svelte';
export { Outbox, type ParcelState } from './outbox.svelte';
export { LiveTopic } from './topic.svelte';
export type { CommandData, CommandKind, CommandReply, MessageData, MessageKind } from './protocol';
