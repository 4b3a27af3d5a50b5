export type Circle = CircleA | CircleList;

export type CircleA = unknown /* refers to itself */;

export type CircleList = CircleList[];

export type CircleB = unknown /* refers to itself */;
