import { useState } from "preact/hooks";
import { keepToken, token } from "../api.ts";
import { link } from "../live.ts";

/** Asks for the token of the admin API. */
export function TokenForm() {
  const [value, setValue] = useState("");
  const submit = (event: Event) => {
    event.preventDefault();
    link.value = { state: "connecting", message: "" };
    keepToken(value.trim());
  };
  return (
    <form class="card narrow" onSubmit={submit}>
      <h2>Token</h2>
      <p>
        Enter a token of the admin API that has the right to read. It stays in this tab until you close it.
      </p>
      <label>
        Token
        <input
          type="password"
          autocomplete="off"
          required
          minLength={16}
          value={value}
          onInput={(event) => setValue(event.currentTarget.value)}
        />
      </label>
      <button type="submit">Open</button>
      {token.value !== "" && <p role="alert">{link.value.message}</p>}
    </form>
  );
}
