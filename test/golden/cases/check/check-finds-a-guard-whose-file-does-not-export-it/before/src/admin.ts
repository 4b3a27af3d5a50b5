export const isAdmin = () => true;
