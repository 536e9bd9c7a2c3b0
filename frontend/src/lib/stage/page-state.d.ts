declare global {
  namespace App {
    interface PageState {
      /** A contestant in a round: going back asks first. */
      seated?: boolean;
    }
  }
}

export {};
