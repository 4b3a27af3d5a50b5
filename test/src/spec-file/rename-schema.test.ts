// The text of a spec, and of the files that it refers to, after a renaming of a shared schema.
import { describe, expect, test } from "vitest";
import { renameEntry } from "../../../src/spec-file/edit-spec.js";
import { renameReferences } from "../../../src/spec-file/rename-schema.js";

const rename = (text: string, name: string, to: string) =>
  renameEntry(text, { file: "../api/wsgen.yaml", kind: "schema", name, to });

describe("renameEntry of a schema", () => {
  test("changes the entry and every reference, and nothing else", () => {
    const text = `\ufeff# User is a schema\r
wsgen: 1\r
name: demo\r
schemas:\r
  User: # User\r
    description: A User, see #/schemas/User.\r
    properties:\r
      friend: { $ref: '#/schemas/User' }\r
      self: { "$ref" : "#/schemas/User" } # $ref: "#/schemas/User"\r
      group: &group { $ref: "#/schemas/UserGroup" }\r
      again: *group\r
      file: { $ref: ./user.yaml#/User }\r
      path: { $ref: ./wsgen.yaml#/schemas/User }\r
      encoded: { $ref: "#/schemas/%55ser" }\r
      value: { const: { $ref: "#/schemas/User" }, default: { $ref: "#/schemas/User" } }\r
  UserGroup: { items: &user { $ref: "#/schemas/User" }, contains: *user }\r
modules:\r
  User: { port: 1, urls: [ws], errors: { bad: { details: { User: { $ref: "#/schemas/User" } } } } }`;
    const expected = text
      .replace("  User: # User", "  Person: # User")
      .replace("friend: { $ref: '#/schemas/User' }", "friend: { $ref: '#/schemas/Person' }")
      .replace('"$ref" : "#/schemas/User" }', '"$ref" : "#/schemas/Person" }')
      .replace("./wsgen.yaml#/schemas/User", "./wsgen.yaml#/schemas/Person")
      .replace("#/schemas/%55ser", "#/schemas/Person")
      .replace('&user { $ref: "#/schemas/User" }', '&user { $ref: "#/schemas/Person" }')
      .replace('User: { $ref: "#/schemas/User" } } } } }', 'User: { $ref: "#/schemas/Person" } } } } }');
    expect(rename(text, "User", "Person")).toEqual({ value: expected, diagnostics: [] });
    expect(rename(expected, "Person", "User").value).toBe(text.replace("%55ser", "User"));
  });

  test.each([
    ["a/b~c", "#/schemas/a~1b~0c"],
    ["100%", "#/schemas/100%25"],
    ["it's", "#/schemas/it's"],
    ["获取", "#/schemas/获取"],
  ])("writes the name %s as a pointer, in each kind of quotes, and back", (name, pointer) => {
    const text = `schemas:\n  A: {}\n  B: { items: { $ref: '#/schemas/A' }, not: { $ref: "#/schemas/A" } }\n`;
    const { value = "" } = rename(text, "A", name);
    expect(value).toContain(`'${pointer.replaceAll("'", "''")}'`);
    expect(value).toContain(`"${pointer}"`);
    expect(rename(value, name, "A").value).toBe(text);
  });

  test("keeps a spec in JSON", () => {
    const text = `{"wsgen":1,"schemas":{"A":{},"B":{"$ref":"#/schemas/A"}}}`;
    expect(rename(text, "A", "C").value).toBe(text.replaceAll('A"', 'C"'));
  });

  test.each([
    [
      "a schema that is not there",
      "Usr",
      "Person",
      "not-in-spec",
      "There is no schema 'Usr' in ../api/wsgen.yaml; did you mean 'User'?",
    ],
    [
      "a name that is there",
      "User",
      "Team",
      "already-exists",
      "The schema 'Team' is already in ../api/wsgen.yaml.",
    ],
  ])("refuses %s", (_title, name, to, code, message) => {
    const { value, diagnostics } = rename("schemas: { User: {}, Team: {} }\n", name, to);
    expect(value).toBeUndefined();
    expect(diagnostics).toMatchObject([{ code, message }]);
  });

  test("names the schemas that are there", () => {
    const { diagnostics } = rename("schemas: { Team: {}, Label: {} }\n", "User", "Person");
    expect(diagnostics[0]?.fix).toBe(
      "Use one of: Team, Label. A schema of another file first needs an entry below `schemas:`.",
    );
  });

  test("says where a schema of another file gets a name", () => {
    const { diagnostics } = rename("wsgen: 1\n", "User", "Person");
    expect(diagnostics[0]?.fix).toBe(
      "Add it below `schemas:`. A schema of another file first needs an entry below `schemas:`.",
    );
  });

  test("the same name changes nothing, and a reference in several lines is replaced as a whole", () => {
    const text =
      'schemas:\n  A: {}\n  B:\n    $ref: >-\n      #/schemas/A\n  C: { $ref: "#/sche\\\n    mas/A" }\n';
    expect(rename(text, "A", "A").value).toBe(text);
    const { value, diagnostics } = rename(text, "A", "D");
    if (value === undefined) expect(diagnostics).toMatchObject([{ code: "unexpected-shape" }]);
    else expect(value).not.toContain("/A");
  });
});

describe("renameReferences", () => {
  const file = { file: "../api/a/user.yaml", path: "a/user.yaml", own: "wsgen.yaml" };
  test("changes only the references that lead back to the spec", () => {
    const text = `User: { $ref: ../wsgen.yaml#/schemas/User }\nA: { $ref: '#/schemas/User' }\nB: { $ref: "../../wsgen.yaml#/schemas/User" }\nC: { $ref: wsgen.yaml#/schemas/User }\nD: { $ref: "../a/../wsgen.yaml#/schemas/User" }\n`;
    const expected = text
      .replace("{ $ref: ../wsgen.yaml#/schemas/User }", "{ $ref: ../wsgen.yaml#/schemas/Person }")
      .replace("../a/../wsgen.yaml#/schemas/User", "../a/../wsgen.yaml#/schemas/Person");
    expect(renameReferences(text, file, { name: "User", to: "Person" }).value).toBe(expected);
  });

  test("leaves text that is not YAML", () => {
    expect(renameReferences("a: {", file, { name: "User", to: "Person" }).value).toBe("a: {");
  });
});
