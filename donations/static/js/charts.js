// Draws the charts of reports from the cells of their own tables, so that the two cannot disagree.
// Nothing is fetched and nothing is reckoned that the table does not hold. Without this script the
// tables stand open and nothing is lost.
import { NAMED, fill, forced, looks, looksOfBars, looksOfLine, style, token } from "./chart_looks.js";
import { bridges, labels } from "./chart_plugins.js";

const { Chart } = window;
const MANY_ROWS = 12;
const FEW_BARS = 14;
const STEP_HEIGHT = 34;
const AXES_HEIGHT = 48;

const read = (figure) => {
  const table = document.getElementById(figure.dataset.table);
  const heads = [...table.tHead.rows[0].cells];
  const at = (key) => heads.findIndex((head) => head.dataset.key === key);
  const series = figure.dataset.series.split(" ").map((key) => {
    const head = heads[at(key)];
    return { key, at: at(key), name: head.dataset.short ?? head.textContent.trim(), kind: head.dataset.kind };
  });
  const units = new Map();
  for (const row of table.tBodies[0].rows) {
    const { unit } = row.dataset;
    if (!units.has(unit)) units.set(unit, []);
    const text = (position) => row.cells[position].textContent.trim();
    units.get(unit).push({
      label: text(at(figure.dataset.x)),
      values: series.map((each) => {
        const { value } = row.cells[each.at].dataset;
        return value === undefined ? null : Number(value);
      }),
      texts: series.map((each) => text(each.at)),
    });
  }
  return { table, series, units };
};

// Labels without the year that all of them share.
const short = (labels) => {
  const year = / \d{4}$/.exec(labels[0])?.[0];
  const isShared = year && labels.length > 1 && labels.every((label) => label.endsWith(year) || label === "–");
  return isShared ? labels.map((label) => label.replace(year, "")) : labels;
};

const MUCH = 100_000;
const ticks = (kind, unit) => {
  const money = kind === "money" ? { style: "currency", currency: unit.toUpperCase() } : {};
  return (value, _index, all) => {
    if (kind === "percent") return `${value} %`;
    const step = all.length > 1 ? Math.abs(all[1].value - all[0].value) : 1;
    const isMuch = step >= MUCH / 10 && all.some((tick) => Math.abs(tick.value) >= MUCH);
    const brief = isMuch ? { notation: "compact" } : { maximumFractionDigits: step < 1 ? 2 : 0 };
    return new Intl.NumberFormat("en", { ...money, ...brief }).format(value).replace("-", "−");
  };
};

const values = (kind, unit) => ({
  beginAtZero: true, border: { display: false }, grid: { color: forced ? "CanvasText" : token("hairline") },
  ticks: { color: token("muted"), maxTicksLimit: 6, precision: kind === "count" ? 0 : undefined, callback: ticks(kind, unit) },
});
const tips = (label) => ({ backgroundColor: token("ink"), cornerRadius: 0, displayColors: false, callbacks: { label } });

// As Chart.js makes them, with the dashes of the lines.
const generateLabels = (chart) => {
  const made = Chart.defaults.plugins.legend.labels.generateLabels(chart);
  return made.map((item, index) => ({ ...item, lineDash: chart.data.datasets[index].borderDash, lineWidth: 2 }));
};

const options = ({ kind, unit, texts, names, isStacked = false, isEvery = false, isLine = false }) => ({
  responsive: true, maintainAspectRatio: false, animation: false, devicePixelRatio: 2,
  layout: { padding: { top: 24, right: 4 } },
  interaction: { mode: "index", intersect: false },
  scales: {
    x: { stacked: isStacked, grid: { display: false }, border: { color: token("ink") },
      ticks: { color: token("muted"), maxRotation: 0, autoSkipPadding: 16 } },
    y: { stacked: isStacked, ...values(kind, unit) },
  },
  plugins: {
    legend: { display: names.length > 1, position: "bottom", align: "start",
      labels: { color: token("ink"), boxWidth: 28, boxHeight: 12, padding: 16,
        usePointStyle: isLine, pointStyle: "line", pointStyleWidth: 36, generateLabels } },
    tooltip: tips(({ datasetIndex: at, dataIndex }) => `${names[at]}: ${texts[at][dataIndex]}`),
    labels: { texts, isEvery },
  },
});

// Rows as they stand: lines, bars side by side, bars on top of each other.
const plain = (type) => (rows, series, unit) => {
  const isLine = type === "line";
  const look = isLine ? looksOfLine : looksOfBars;
  const isLabelled = isLine ? series.length < 3 : type === "bars" && rows.length * series.length <= FEW_BARS;
  const datasets = series.map(({ key, name }, index) => ({
    label: name, data: rows.map((row) => row.values[index]), ...look(key, index),
    pointRadius: rows.length > 40 ? 0 : 3, maxBarThickness: 48,
  }));
  return {
    type: isLine ? "line" : "bar",
    data: { labels: short(rows.map((row) => row.label)), datasets },
    options: options({
      kind: series[0].kind, unit, names: series.map(({ name }) => name), isStacked: type === "stacked",
      texts: series.map((_, index) => rows.map((row) => row.texts[index])), isEvery: !isLine, isLine,
    }),
    plugins: isLabelled ? [labels] : [],
  };
};

// Levels stand on the ground, steps hang where the one before left off. Where the steps are small beside
// the levels, the axis begins higher up, and says so.
const falls = (steps, unit, kind) => {
  const isLevel = (index) => index === 0 || index === steps.length - 1;
  const ends = [];
  steps.forEach(({ value }, index) => ends.push((isLevel(index) ? 0 : ends[index - 1]) + (value ?? 0)));
  const [least, most] = [Math.min(...ends), Math.max(...ends)];
  const ground = least > 0 && most - least < least / 2 ? least - (most - least) / 2 : 0;
  const look = ({ key, value }, index) => {
    if (isLevel(index)) return { colour: token("muted"), pattern: "solid" };
    return NAMED[key.toLowerCase()] ? looks(key) : looks(value < 0 ? "churned" : "new");
  };
  const bars = steps.map(look);
  const texts = [steps.map(({ text }) => text)];
  const data = steps.map(({ value }, index) => (value === null ? null : [isLevel(index) ? ground : ends[index - 1], ends[index]]));
  const isBroken = ground > 0;
  return {
    type: "bar",
    data: { labels: steps.map(({ name }) => name), datasets: [{
      data, borderWidth: 1, borderSkipped: false, maxBarThickness: 22,
      backgroundColor: bars.map(({ colour, pattern }) => fill(colour, pattern)),
      borderColor: bars.map(({ colour }) => colour),
    }] },
    options: {
      ...options({ kind, unit, texts, names: [""] }),
      indexAxis: "y",
      layout: { padding: { right: 80 } },
      scales: {
        x: { ...values(kind, unit), beginAtZero: !isBroken, min: isBroken ? ground : undefined,
          title: { display: isBroken, text: `The axis begins at ${ticks(kind, unit)(ground, 0, [])}, not at nothing.`, color: token("muted"), align: "start" } },
        y: { grid: { display: false }, border: { color: token("ink") }, ticks: { color: token("ink") } },
      },
      plugins: { legend: { display: false }, tooltip: tips(({ dataIndex }) => texts[0][dataIndex]),
        labels: { texts, isLying: true }, bridges: { ends } },
    },
    plugins: [labels, bridges],
  };
};
const waterfalls = (rows, series, unit) => {
  const { kind } = series[0];
  if (series.length === 1) {
    const steps = rows.map(({ label, values, texts }) => ({ key: label, name: label, value: values[0], text: texts[0] }));
    return [{ title: "", chart: falls(steps, unit, kind) }];
  }
  return rows.map(({ label, values, texts }) => {
    const steps = series.map(({ key, name }, index) => ({ key, name, value: values[index], text: texts[index] }));
    return { title: rows.length > 1 ? label : "", chart: falls(steps, unit, kind) };
  });
};

const KINDS = { line: plain("line"), bars: plain("bars"), stacked: plain("stacked") };

const frame = (figure, title, label, height) => {
  if (title) {
    const caption = document.createElement("p");
    caption.className = "chart-unit";
    caption.textContent = title;
    figure.append(caption);
  }
  const box = document.createElement("div");
  const canvas = document.createElement("canvas");
  box.className = "chart-box";
  if (height) box.style.height = `${height}px`;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  box.append(canvas);
  figure.append(box);
  return canvas;
};

const draw = (figure) => {
  const { table, series, units } = read(figure);
  const kind = figure.dataset.chart;
  const isFall = kind === "waterfall";
  for (const [unit, rows] of units) {
    if (!rows.some(({ values: row }) => row.some(Boolean))) continue;
    const drawn = isFall ? waterfalls(rows, series, unit) : [{ title: "", chart: KINDS[kind](rows, series, unit) }];
    for (const { title, chart } of drawn) {
      const named = [units.size > 1 ? unit.toUpperCase() : "", title].filter(Boolean).join(", ");
      const height = isFall ? chart.data.labels.length * STEP_HEIGHT + AXES_HEIGHT : 0;
      figure.hidden = false;
      new Chart(frame(figure, named, `${figure.dataset.says} ${named}`.trim(), height), chart);
    }
  }
  const folded = table.closest("details");
  if (folded && !figure.hidden && table.tBodies[0].rows.length > MANY_ROWS) folded.open = false;
};

Chart.defaults.font.family = style.getPropertyValue("--text");
Chart.defaults.font.size = 12;
document.querySelectorAll("figure.chart").forEach(draw);

// Paper has its own width, and shows what is folded.
const PAPER_WIDTH = 660;
const charts = () => Object.values(Chart.instances);
let unfolded = [];
addEventListener("beforeprint", () => {
  unfolded = [...document.querySelectorAll("main details:not([open])")];
  for (const each of unfolded) each.open = true;
  for (const chart of charts()) chart.resize(PAPER_WIDTH, chart.canvas.parentNode.clientHeight);
});
addEventListener("afterprint", () => {
  for (const each of unfolded) each.open = false;
  for (const chart of charts()) chart.resize();
});
