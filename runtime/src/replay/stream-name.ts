/** The stream of the pushes to a room. */
export const roomStream = (room: string): string => `room:${room}`;

/** The stream of the pushes to those that bear a tag. */
export const tagStream = (tag: string): string => `tag:${tag}`;
