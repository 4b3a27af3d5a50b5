// The address of a view is the fragment of the URL: `#connections/<id>`. A view can be bookmarked and sent to a colleague.

import { signal } from "@preact/signals";

export interface Route {
  readonly view: string;
  readonly argument: string;
}

const read = (): Route => {
  const [view = "", argument = ""] = location.hash.slice(1).split("/").map(decodeURIComponent);
  return { view: view === "" ? "overview" : view, argument };
};

export const route = signal<Route>(read());
addEventListener("hashchange", () => {
  route.value = read();
});

/** The link to a view. */
export const linkTo = (view: string, argument?: string): string =>
  `#${view}${argument === undefined ? "" : `/${encodeURIComponent(argument)}`}`;
