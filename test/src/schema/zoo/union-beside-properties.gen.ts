/** A person, and a way to reach them. */
export type Contact = {
  name: string;
  /** Format `email`. */
  email?: string | undefined;
  phone?: string | undefined;
} & ({ email: string } | { phone: string });
