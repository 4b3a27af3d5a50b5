// @ts-check
/** @param {import("../src/schemas.gen.js").Person} person */
export const greet = (person) => `Hello ${person.name}`;
