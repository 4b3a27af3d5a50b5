export const mine = 2;
