import type { Fault } from '$lib/api/fault';

declare global {
  /** True only in the style guide's own build and while developing. */
  const __STYLEGUIDE__: boolean;

  namespace App {
    interface Error {
      message: string;
      fault?: Fault;
    }
  }
}

export {};
