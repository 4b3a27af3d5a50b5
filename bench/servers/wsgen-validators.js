// What wsgen generates for the requests of the benchmark (without the types, for this file is JavaScript).
const { addProblem, characterCount, isObject } = await import(
  process.env.WSGEN_RUNTIME === undefined
    ? "wsgen-runtime/validation"
    : new URL("validation/index.js", process.env.WSGEN_RUNTIME).href
);

export function validateEchoRequest(value) {
  let problems;
  if (!isObject(value)) {
    problems = addProblem(problems, "", "type", "must be an object");
  } else {
    problems = validateText(value, problems);
  }
  return problems;
}

export function validateBroadcastRequest(value) {
  let problems;
  if (!isObject(value)) {
    problems = addProblem(problems, "", "type", "must be an object");
  } else {
    const value1 = value.n;
    if (value1 === undefined) {
      problems = addProblem(problems, "", "required", 'must have the property "n"');
    } else if (typeof value1 !== "number" || !Number.isInteger(value1)) {
      problems = addProblem(problems, "/n", "type", "must be an integer");
    } else if (value1 < 0) {
      problems = addProblem(problems, "/n", "minimum", "must be at least 0");
    }
    problems = validateText(value, problems);
  }
  return problems;
}

function validateText(value, problems) {
  const { text } = value;
  if (text === undefined) return addProblem(problems, "", "required", 'must have the property "text"');
  if (typeof text !== "string") return addProblem(problems, "/text", "type", "must be a string");
  if (text.length > 2048 && characterCount(text) > 2048) {
    return addProblem(problems, "/text", "maxLength", "must have at most 2048 characters");
  }
  return problems;
}
