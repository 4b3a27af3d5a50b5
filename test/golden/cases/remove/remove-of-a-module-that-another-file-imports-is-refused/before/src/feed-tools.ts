import { FeedModule } from "./modules/feed/feed.module.js";

export const isFeed = (module: unknown): boolean => module instanceof FeedModule;
