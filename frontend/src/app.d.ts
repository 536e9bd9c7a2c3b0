import type { Fault } from '$lib/api/fault';

declare global {
  /** True only in the style guide's own build and while developing. */
  const __STYLEGUIDE__: boolean;
  /** The folders under organizer/contests/[contest] that hold a page: what the menu may show. */
  const __ORGANIZER_PAGES__: readonly string[];

  namespace App {
    interface Error {
      message: string;
      fault?: Fault;
    }
  }
}

export {};
