export const loggedIn = (): boolean => false;
