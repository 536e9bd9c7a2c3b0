export { api, call, upload } from './client';
export { Fault } from './fault';
export type { components, paths } from './schema.gen';
