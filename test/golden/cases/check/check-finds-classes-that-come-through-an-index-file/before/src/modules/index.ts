export * from "./chat/chat.module.js";
export { FeedModule } from "./feed/feed.module.js";
export { PresenceModule } from "./presence/presence.module.js";
