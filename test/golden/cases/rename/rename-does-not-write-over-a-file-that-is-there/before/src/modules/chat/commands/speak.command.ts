// Kept for later.
export const phrases = [];
