// Line charts as SVG: a few series over the same times, the latest values (or those under the pointer) below.

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 144;
const LEFT = 46;
const RIGHT = 6;
const TOP = 8;
const BOTTOM = 18;

export function svg(name, attributes = {}) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, value);
  }
  return element;
}

export function duration(seconds) {
  if (seconds === 0) {
    return "0 s";
  }
  if (seconds < 0.001) {
    return `${Math.round(seconds * 1e6)} µs`;
  }
  if (seconds < 1) {
    return `${digits(seconds * 1000)} ms`;
  }
  if (seconds < 120) {
    return `${digits(seconds)} s`;
  }
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

export function count(value) {
  if (value >= 1e6) {
    return `${digits(value / 1e6)} M`;
  }
  return value >= 10000 ? `${digits(value / 1000)} k` : digits(value);
}

function digits(value) {
  return value >= 100 || Number.isInteger(value) ? String(Math.round(value)) : value.toPrecision(2);
}

/** The smallest of 1, 2 or 5 times a power of ten that is no less. */
function roundUp(value) {
  if (value <= 0) {
    return 1;
  }
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value * 0.999);
}

/**
 * A chart in an element.
 *
 * series: [{name, key}], each the name of a member of a step; format: how values are told; from the oldest step to the newest
 * there are `span` seconds.
 */
export class Chart {
  constructor(element, { series, format, least, span }) {
    this.element = element;
    this.series = series;
    this.format = format;
    this.least = least;
    this.span = span;
    this.steps = [];
    this.pointed = null;
    this.picture = svg("svg", { role: "img" });
    this.legend = document.createElement("div");
    this.legend.className = "legend";
    element.replaceChildren(this.picture, this.legend);
    this.picture.addEventListener("pointermove", (event) => this.point(event));
    this.picture.addEventListener("pointerleave", () => this.point(null));
    new ResizeObserver(() => this.draw()).observe(element);
  }

  show(steps) {
    this.steps = steps;
    this.draw();
  }

  point(event) {
    this.pointed = event === null ? null : event.clientX - this.picture.getBoundingClientRect().left;
    this.draw();
  }

  draw() {
    const width = Math.max(160, this.element.clientWidth);
    const values = this.steps.flatMap((step) => this.series.map(({ key }) => step[key]));
    const top = roundUp(Math.max(this.least, ...values));
    const end = this.steps.length === 0 ? Date.now() : Date.parse(this.steps.at(-1).time);
    const x = (time) => width - RIGHT - ((end - time) / 1000 / this.span) * (width - LEFT - RIGHT);
    const y = (value) => HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM);
    this.picture.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    this.picture.replaceChildren(...this.axes(width, top, end, x, y));
    for (const [index, { key }] of this.series.entries()) {
      const points = this.steps.map((step) => `${x(Date.parse(step.time)).toFixed(1)},${y(step[key]).toFixed(1)}`);
      if (points.length > 0) {
        this.picture.append(svg("path", { class: `series-${index + 1}`, d: `M${points.join("L")}` }));
      }
    }
    const step = this.pointedStep(x);
    if (step !== undefined && this.pointed !== null) {
      const at = x(Date.parse(step.time));
      this.picture.append(svg("line", { class: "cursor", x1: at, x2: at, y1: TOP, y2: HEIGHT - BOTTOM }));
    }
    this.tell(step);
  }

  axes(width, top, end, x, y) {
    const parts = [];
    for (const value of [0, top / 2, top]) {
      parts.push(svg("line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: y(value), y2: y(value) }));
      const label = svg("text", { x: LEFT - 5, y: y(value) + 4, "text-anchor": "end" });
      label.textContent = this.format(value);
      parts.push(label);
    }
    for (const minutes of [15, 10, 5, 0]) {
      const anchor = minutes === 0 ? "end" : minutes * 60 >= this.span ? "start" : "middle";
      const label = svg("text", { x: x(end - minutes * 60000), y: HEIGHT - 4, "text-anchor": anchor });
      label.textContent = minutes === 0 ? "now" : `−${minutes} min`;
      parts.push(label);
    }
    return parts;
  }

  pointedStep(x) {
    if (this.pointed === null) {
      return this.steps.at(-1);
    }
    const distance = (step) => Math.abs(x(Date.parse(step.time)) - this.pointed);
    return this.steps.reduce((best, step) => (best && distance(best) <= distance(step) ? best : step), undefined);
  }

  tell(step) {
    const parts = this.series.map(({ name, key }, index) => {
      const part = document.createElement("span");
      part.className = `series-${index + 1}`;
      part.textContent = step === undefined ? name : `${name} ${this.format(step[key])}`;
      return part;
    });
    if (this.pointed !== null && step !== undefined) {
      const when = document.createElement("span");
      when.className = "quiet";
      when.textContent = new Date(step.time).toLocaleTimeString();
      parts.push(when);
    }
    this.legend.replaceChildren(...parts);
    this.picture.setAttribute("aria-label", parts.map((part) => part.textContent).join(", "));
  }
}
