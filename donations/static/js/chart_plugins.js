// What Chart.js does not draw by itself: figures in the table's own words, and the bridges of a waterfall.
import { style, token } from "./chart_looks.js";

const GAP = 6;

// Above bars, beside bars that lie, at the end of a line. A figure that its place is too small for is left out.
export const labels = {
  id: "labels",
  afterDatasetsDraw(chart, _args, { texts, isEvery, isLying }) {
    const pen = chart.ctx;
    const slot = chart.chartArea.width / (chart.data.labels.length * chart.data.datasets.length);
    pen.save();
    pen.font = `500 12px ${style.getPropertyValue("--text")}`;
    pen.fillStyle = token("ink");
    texts.forEach((words, number) => {
      const points = chart.getDatasetMeta(number).data;
      points.forEach((point, index) => {
        if (chart.data.datasets[number].data[index] === null) return;
        if (isLying) {
          pen.textAlign = "left";
          pen.fillText(words[index], Math.max(point.x, point.base) + GAP, point.y + 4);
        } else if (isEvery && pen.measureText(words[index]).width <= slot) {
          pen.textAlign = "center";
          pen.fillText(words[index], point.x, Math.min(point.y, point.base) - GAP);
        } else if (!isEvery && number === 0 && index === points.length - 1) {
          pen.textAlign = "right";
          pen.fillText(words[index], point.x, point.y - 2 * GAP);
        }
      });
    });
    pen.restore();
  },
};

// A hairline from each step to the next.
export const bridges = {
  id: "bridges",
  afterDatasetsDraw(chart, _args, { ends }) {
    const bars = chart.getDatasetMeta(0).data;
    const pen = chart.ctx;
    pen.save();
    pen.strokeStyle = token("muted");
    bars.slice(0, -1).forEach((bar, index) => {
      const x = chart.scales.x.getPixelForValue(ends[index]);
      pen.beginPath();
      pen.moveTo(x, bar.y + bar.height / 2);
      pen.lineTo(x, bars[index + 1].y - bars[index + 1].height / 2);
      pen.stroke();
    });
    pen.restore();
  },
};
