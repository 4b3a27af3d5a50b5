/** A tree of nodes. */
export interface Tree {
  value: TreeValue;
  children?: Tree[];
  "by-name"?: { [key: string]: TreeLeafNode };
  home?: TreeAddress;
  first?: TreeChildren;
}

export type TreeValue = string | number;

/** The end of a branch. */
export interface TreeLeafNode {
  up?: Tree;
  next?: TreeLeafNode;
}

export interface TreeAddress {
  street?: string;
}

export type TreeChildren = Tree[];
