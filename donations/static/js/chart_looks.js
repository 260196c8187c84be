// Colours, patterns and dashes of charts: the tokens of the page's own sheet. Series are told apart by
// pattern or dash, not by colour alone; where the reader's colours are forced, by nothing else.
export const style = getComputedStyle(document.documentElement);
export const forced = matchMedia("(forced-colors: active)").matches;
export const token = (name) => (forced ? "CanvasText" : style.getPropertyValue(`--${name}`).trim());
const paper = forced ? "Canvas" : style.getPropertyValue("--paper").trim();

// What moves recurring revenue keeps its colour and pattern on every page.
export const NAMED = {
  new: ["chart-new", "solid"],
  upgraded: ["chart-upgraded", "rising"],
  reactivated: ["chart-reactivated", "dots"],
  resumed: ["chart-reactivated", "lines"],
  downgraded: ["chart-downgraded", "falling"],
  paused: ["chart-downgraded", "lines"],
  churned: ["chart-churned", "cross"],
  fx: ["control", "lines"],
};
const OTHERS = [
  ["chart-new", "solid"], ["chart-downgraded", "falling"], ["chart-reactivated", "dots"],
  ["chart-upgraded", "rising"], ["chart-churned", "cross"], ["muted", "lines"],
];
const DASHES = [[], [6, 3], [2, 3], [10, 3, 2, 3], [4, 2], [1, 2]];
const POINTS = ["circle", "rect", "triangle", "rectRot", "crossRot", "star"];

const PATTERNS = {
  rising: [[0, 8, 8, 0], [-2, 2, 2, -2], [6, 10, 10, 6]],
  falling: [[0, 0, 8, 8], [-2, 6, 2, 10], [6, -2, 10, 2]],
  lines: [[0, 2, 8, 2], [0, 6, 8, 6]],
  cross: [[0, 4, 8, 4], [4, 0, 4, 8]],
  dots: [],
};

export const fill = (colour, pattern) => {
  if (pattern === "solid") return colour;
  const tile = document.createElement("canvas");
  tile.width = 8;
  tile.height = 8;
  const pen = tile.getContext("2d");
  pen.fillStyle = paper;
  pen.fillRect(0, 0, 8, 8);
  pen.strokeStyle = colour;
  pen.fillStyle = colour;
  pen.lineWidth = 2;
  for (const [x, y, toX, toY] of PATTERNS[pattern]) {
    pen.beginPath();
    pen.moveTo(x, y);
    pen.lineTo(toX, toY);
    pen.stroke();
  }
  if (pattern === "dots") for (const [x, y] of [[2, 2], [6, 6]]) pen.fillRect(x - 1, y - 1, 3, 3);
  return pen.createPattern(tile, "repeat");
};

export const looks = (key, index) => {
  const [colour, pattern] = NAMED[key.toLowerCase()] ?? OTHERS[index % OTHERS.length];
  return { colour: token(colour), pattern };
};
export const looksOfBars = (key, index) => {
  const before = key.endsWith("_before");
  const { colour, pattern } = before ? { colour: token("control"), pattern: "lines" } : looks(key, index);
  return { backgroundColor: fill(colour, pattern), borderColor: colour, borderWidth: 1, borderSkipped: false };
};
export const looksOfLine = (key, index) => {
  const before = key.endsWith("_before");
  const colour = before ? token("control") : looks(key, index).colour;
  return {
    borderColor: colour, backgroundColor: colour, borderWidth: 2, tension: 0,
    borderDash: before ? [4, 4] : DASHES[index % DASHES.length],
    pointStyle: POINTS[index % POINTS.length],
  };
};
