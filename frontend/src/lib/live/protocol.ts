// The envelope of the live connection (docs/live-protocol.md) and the types of what it carries, taken from the
// generated contract: ServerMessage and ClientCommand are unions that narrow on `kind`.
import type { components } from '$lib/api/schema.gen';
import type { FaultField } from '$lib/api/fault';

type Schemas = components extends { schemas: infer S } ? S : never;
type Schema<Name extends string> = Name extends keyof Schemas ? Schemas[Name] : never;

/* eslint-disable @typescript-eslint/no-explicit-any -- without a generated union every kind is allowed */
type Open = { kind: any; data?: any };
export type ServerMessage = [Schema<'ServerMessage'>] extends [never] ? Open : Schema<'ServerMessage'>;
export type ClientCommand = [Schema<'ClientCommand'>] extends [never] ? Open : Schema<'ClientCommand'>;
export type CommandReplies = [Schema<'CommandReplies'>] extends [never]
  ? Record<string, any>
  : Schema<'CommandReplies'>;
/* eslint-enable @typescript-eslint/no-explicit-any */

export type MessageKind = ServerMessage['kind'];
export type CommandKind = ClientCommand['kind'];
/** The data of one kind of message. */
export type MessageData<K extends MessageKind> =
  Extract<ServerMessage, { kind: K }> extends { data?: infer D } ? NonNullable<D> : never;
/** What a command carries. */
export type CommandData<K extends CommandKind> =
  Extract<ClientCommand, { kind: K }> extends { data?: infer D } ? D : never;
/** What its ok answers. */
export type CommandReply<K extends CommandKind> = K extends keyof CommandReplies
  ? CommandReplies[K]
  : unknown;

/** Any message as it comes off the socket, before it is known what it is. */
export type Envelope = {
  kind: string;
  id?: number;
  topic?: string;
  epoch?: number;
  seq?: number;
  sent_at?: number;
  data?: unknown;
  fault?: { status: number; code: string; detail: string; fields?: FaultField[] };
};

export const closeCode = {
  badFrame: 1007,
  tooBig: 1009,
  restart: 1012,
  tryLater: 1013,
  reconnect: 4000,
  signedOut: 4001,
  superseded: 4002,
} as const;
