export interface Fault { code: string }
