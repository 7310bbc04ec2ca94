// Answers each line of JSON on standard input, {latex, display}, with a line on standard output:
// {html}, or {error}. Ends with its input. The argument is the path of katex.min.js.
const katex = require(process.argv[2]);

require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { latex, display } = JSON.parse(line);
  // strict: what KaTeX accepts but LaTeX and MathJax read otherwise is an error too.
  const options = { displayMode: display, throwOnError: true, strict: "error" };
  let answer;
  try {
    answer = { html: katex.renderToString(latex, options) };
  } catch (error) {
    answer = { error: error.message };
  }
  console.log(JSON.stringify(answer));
});
