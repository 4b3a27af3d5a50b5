/** A tree of nodes. */
export interface Tree {
  value: TreeValue;
  children?: Tree[] | undefined;
  "by-name"?: { [key: string]: TreeLeafNode } | undefined;
  home?: TreeAddress | undefined;
  first?: TreeChildren | undefined;
}

export type TreeValue = string | number;

/** The end of a branch. */
export interface TreeLeafNode {
  up?: Tree | undefined;
  next?: TreeLeafNode | undefined;
}

export interface TreeAddress {
  street?: string | undefined;
}

export type TreeChildren = Tree[];
