// The least that Node can be asked to run: see where it cannot start at all.
