import "./app/server.js";
