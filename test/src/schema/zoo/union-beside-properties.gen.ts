/** A person, and a way to reach them. */
export type Contact = {
  name: string;
  /** Format `email`. */
  email?: string;
  phone?: string;
} & ({ email: string } | { phone: string });
