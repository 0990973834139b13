// Asks Weir how it is every two seconds and shows the answer. Nothing that comes from outside is ever read as HTML.

import { Chart, count, duration, svg } from "./charts.js";

const EVERY_MS = 2000;
const PATIENCE_MS = 5000;
const STALE_MS = 8000;
const SPAN_SECONDS = 900;
const STEPS_MAX = 180;
const POOLS_SHOWN = 30;
const LATELY_STEPS = 12; // a minute
const ROWS_SHOWN = 15;
const CALM_SECONDS = 1; // who has a server for less is not told one by one

const byId = (id) => document.getElementById(id);

const state = { answered: 0, failure: "", steps: [], pool: "", settings: [], turn: 0 };

const charts = {
  wait: chart("chart-wait", duration, 0.001, ["p50", "p95", "p99"].map((p) => [p, `wait_${p}_seconds`])),
  query: chart("chart-query", duration, 0.001, ["p50", "p95", "p99"].map((p) => [p, `query_${p}_seconds`])),
  rate: chart("chart-rate", count, 1, [
    ["queries", "queries_per_second"],
    ["transactions", "transactions_per_second"],
  ]),
  load: chart("chart-load", count, 1, [
    ["servers", "servers_connected"],
    ["busy", "servers_busy"],
    ["clients waiting", "clients_waiting"],
  ]),
};

function chart(id, format, least, series) {
  return new Chart(byId(id), {
    series: series.map(([name, key]) => ({ name, key })),
    format,
    least,
    span: SPAN_SECONDS,
  });
}

// ---- asking ----

async function ask(path, { evenIf = [] } = {}) {
  const response = await fetch(path, { signal: AbortSignal.timeout(PATIENCE_MS), cache: "no-store" });
  if (!response.ok && !evenIf.includes(response.status)) {
    throw new Error(`${path.split("?")[0]} answers ${response.status}`);
  }
  return response.json();
}

async function askForSteps() {
  const [database, user] = state.pool === "" ? [] : JSON.parse(state.pool);
  const query = new URLSearchParams();
  if (state.pool !== "") {
    query.set("database", database);
    query.set("user", user);
  }
  if (state.steps.length > 0) {
    query.set("after", state.steps.at(-1).time);
  }
  const pool = state.pool;
  const history = await ask(`api/history?${query}`);
  if (pool === state.pool) {
    const last = state.steps.at(-1)?.time ?? "";
    const fresh = history.steps.filter((step) => step.time > last);
    state.steps = [...state.steps, ...fresh].slice(-STEPS_MAX);
  }
}

async function refresh() {
  try {
    const [status, health, pools, alerts, pins, blockers, queries, slow] = await Promise.all([
      ask("api/status"),
      ask("health/ready", { evenIf: [503] }),
      ask("api/pools"),
      ask("api/alerts"),
      ask("api/pins?limit=20"),
      ask("api/blockers?limit=200"),
      ask(`api/queries?limit=${ROWS_SHOWN}`),
      ask(`api/slow?limit=${ROWS_SHOWN}`),
      askForSteps(),
    ]);
    if (state.turn % 15 === 0) {
      state.settings = (await ask("api/config")).settings;
      showConfig();
    }
    state.turn += 1;
    state.answered = Date.now();
    state.failure = "";
    show(status, health, pools, alerts.alerts, pins);
    showBlockers(blockers);
    showQueries(queries.queries);
    showSlow(slow.queries);
  } catch (failure) {
    state.failure = failure.message;
  }
  showFreshness();
}

async function run() {
  for (;;) {
    if (!document.hidden) {
      await refresh();
    }
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

// ---- showing ----

function element(name, className, ...content) {
  const made = document.createElement(name);
  if (className) {
    made.className = className;
  }
  made.append(...content);
  return made;
}

function show(status, health, pools, alerts, pins) {
  byId("about").textContent = `${status.version}, port ${status.listen_port}, up for ${duration(
    (Date.parse(status.time) - Date.parse(status.started_at)) / 1000,
  )}`;
  const now = sum(pools.pools);
  showVerdict(status, health, pools.pools, alerts, now);
  showFigures(status, now);
  showAlerts(alerts);
  showPools(pools);
  showPoolChoice(pools.pools);
  Object.values(charts).forEach((each) => each.show(state.steps));
  showDatabases(health.databases);
  showPins(pins);
}

function sum(pools) {
  const total = (key) => pools.reduce((all, pool) => all + pool[key], 0);
  return {
    waiting: total("clients_waiting"),
    clients: total("clients_active") + total("clients_waiting"),
    longest: Math.max(0, ...pools.map((pool) => pool.max_wait_seconds)),
    busy: total("servers_active") + total("servers_tested") + total("servers_being_canceled"),
    idle: total("servers_idle") + total("servers_used"),
    size: total("pool_size"),
  };
}

/** The worst of the last minute, by which the verdict tells who is slow. */
function lately(key) {
  return Math.max(0, ...state.steps.slice(-LATELY_STEPS).map((step) => step[key]));
}

function showFreshness() {
  const stale = Date.now() - state.answered > STALE_MS;
  const text = byId("freshness");
  text.className = stale ? "stale" : "";
  document.body.className = stale ? "stale" : "";
  text.textContent = stale ? state.failure || "no answer" : `as of ${new Date(state.answered).toLocaleTimeString()}`;
  if (stale) {
    verdict("bad", "Weir does not answer", state.answered === 0 ? state.failure : `since ${text.textContent}`);
    if (state.answered !== 0) {
      byId("verdict-text").textContent =
        `${state.failure || "No answer"}. What stands below is from ${new Date(state.answered).toLocaleTimeString()}.`;
    }
  }
}

function verdict(level, title, text) {
  byId("verdict").className = level;
  byId("verdict-title").textContent = title;
  byId("verdict-text").textContent = text;
  document.title = level === "good" || level === "unknown" ? "Weir" : `(!) Weir: ${title}`;
}

function waiting(number) {
  return number === 1 ? "1 client waits" : `${count(number)} clients wait`;
}

function plural(number, word) {
  return `${count(number)} ${word}${number === 1 ? "" : "s"}`;
}

function showVerdict(status, health, pools, alerts, now) {
  const unavailable = health.databases.filter((database) => database.status === "unavailable");
  const full = pools.filter((pool) => pool.exhausted);
  const critical = alerts.filter((alert) => alert.state === "active" && alert.severity === "critical");
  const active = alerts.filter((alert) => alert.state === "active");
  const wait = state.pool === "" ? lately("wait_p95_seconds") : 0;
  const query = state.pool === "" ? lately("query_p95_seconds") : 0;
  const who = full.map((pool) => `${pool.database}/${pool.user}`).slice(0, 3).join(", ");
  if (health.status === "not_responding") {
    verdict("bad", "Weir is stuck", "Its event loops do not answer within the deadline.");
  } else if (status.shutting_down) {
    verdict("warn", "Weir is shutting down", `${plural(status.clients, "client")} left.`);
  } else if (unavailable.length > 0) {
    const first = unavailable[0];
    verdict("bad", "PostgreSQL cannot be reached", `${first.database}: ${first.reason}`);
  } else if (status.suspended) {
    verdict("warn", "Weir is suspended", "Clients are not read until RESUME.");
  } else if (full.length > 0 && (now.longest >= 1 || critical.length > 0)) {
    const cause =
      query === 0 ? "" : wait > query ? "Waiting takes longer than the queries." : "The queries take longer than the waits.";
    verdict(
      "bad",
      "The pool is the bottleneck",
      `${who}: all servers are busy, ${waiting(now.waiting)}, the first for ${duration(now.longest)}. ${cause}`,
    );
  } else if (critical.length > 0) {
    verdict("bad", "Something needs you now", `${place(critical[0])}: ${critical[0].summary}`);
  } else if (full.length > 0 && wait > 0.05) {
    verdict("warn", "Clients wait for servers", `${who}: all servers are busy; 5 of 100 waited ${duration(wait)} or longer.`);
  } else if (status.paused || health.status === "paused") {
    verdict("warn", "Weir is paused", `${waiting(now.waiting)} for RESUME.`);
  } else if (health.status !== "ready") {
    const first = health.databases.find((database) => database.reason !== null);
    verdict("warn", `Weir is ${health.status}`, first ? `${first.database}: ${first.reason}` : "");
  } else if (active.length > 0) {
    verdict("warn", "Somebody should look", `${place(active[0])}: ${active[0].summary}`);
  } else if (pools.length === 0) {
    verdict("good", "Weir is ready", "Nobody has connected yet.");
  } else {
    const speed = query > 0 ? ` Queries took ${duration(query)} at most (95 of 100, last minute).` : "";
    verdict("good", "The pooler is fine", `Nobody waits for long.${speed}`);
  }
}

function showFigures(status, now) {
  const last = state.pool === "" ? state.steps.at(-1) : undefined;
  const figures = [
    ["clients waiting", count(now.waiting)],
    ["first in line", now.waiting === 0 ? "–" : duration(now.longest)],
    ["servers busy", now.size === 0 ? count(now.busy) : `${count(now.busy)} of ${count(now.size)}`],
    ["clients", count(status.clients)],
    ["queries per second", last ? count(last.queries_per_second) : "–"],
    ["wait p95", last ? duration(last.wait_p95_seconds) : "–"],
    ["query p95", last ? duration(last.query_p95_seconds) : "–"],
  ];
  byId("figures").replaceChildren(
    ...figures.map(([name, value]) => element("div", "", element("dt", "", name), element("dd", "", value))),
  );
}

const place = (alert) => [alert.database, alert.user].filter(Boolean).join("/") || "Weir";

function ago(time) {
  return `${duration(Math.max(1, Math.round((Date.now() - Date.parse(time)) / 1000)))} ago`;
}

/** Whether the same is told in stronger words. */
function outdone(alert, alerts) {
  const same = (other) => ["rule", "state", "database", "user"].every((key) => other[key] === alert[key]);
  return alert.severity === "warning" && alerts.some((other) => other.severity === "critical" && same(other));
}

function showAlerts(all) {
  const alerts = all.filter((alert) => !outdone(alert, all));
  byId("alerts").replaceChildren(
    ...(alerts.length === 0
      ? [element("li", "quiet", "None.")]
      : alerts.slice(0, 20).map((alert) => {
          const level = alert.state === "cleared" ? "off" : alert.severity === "critical" ? "bad" : "warn";
          const word = alert.state === "active" ? alert.severity : alert.state;
          const when =
            alert.state === "cleared" ? `cleared ${ago(alert.cleared_at)}` : `since ${duration(
                Math.max(1, Math.round((Date.now() - Date.parse(alert.since)) / 1000)),
              )}`;
          return element(
            "li",
            "",
            element("span", `chip ${level}`, word),
            element("span", "", element("span", "name", place(alert)), ` ${alert.rule}: ${alert.summary}`),
            element("span", "quiet", when),
          );
        })),
  );
}

function trouble(pool) {
  return (pool.unreachable ? 1e9 : 0) + pool.clients_waiting * 1e4 + (pool.utilization_percent ?? 0);
}

function showPools({ pools, total }) {
  const shown = [...pools].sort((a, b) => trouble(b) - trouble(a)).slice(0, POOLS_SHOWN);
  byId("pools").replaceChildren(
    ...(shown.length === 0 ? [element("p", "quiet", "No pool yet: nobody has logged in.")] : shown.map(poolRow)),
  );
  byId("pools-more").textContent = total > shown.length ? `and ${total - shown.length} more with less to tell` : "";
}

function poolRow(pool) {
  const busy = pool.servers_active + pool.servers_tested + pool.servers_being_canceled;
  const idle = pool.servers_idle + pool.servers_used;
  const size = Math.max(pool.pool_size, busy + idle, 1);
  const percent = pool.utilization_percent ?? 0;
  const row = element(
    "div",
    "pool",
    element("span", "name", `${pool.database}/${pool.user}`),
    bar(busy / size, idle / size, percent >= 90 || pool.unreachable ? "bad" : percent >= 80 ? "warn" : ""),
    element("span", "numbers", `${busy} of ${pool.pool_size || "∞"} busy`),
  );
  row.title = `${pool.pool_mode} mode`;
  const more = element(
    "span",
    "more quiet",
    `${plural(pool.clients_active + pool.clients_waiting, "client")}, ${idle} idle` +
      (pool.servers_login > 0 ? `, ${pool.servers_login} connecting` : ""),
  );
  if (pool.clients_waiting > 0) {
    more.append(element("span", "waits", ` · ${waiting(pool.clients_waiting)}, the first for ${duration(pool.max_wait_seconds)}`));
  }
  if (pool.last_connect_failure !== null) {
    more.append(element("span", "failure", ` · ${pool.last_connect_failure}`));
  }
  row.append(more);
  return row;
}

function bar(busy, idle, level) {
  const picture = svg("svg", { class: `bar ${level}`, viewBox: "0 0 100 10", preserveAspectRatio: "none" });
  picture.append(
    svg("rect", { class: "busy", x: 0, y: 0, width: busy * 100, height: 10 }),
    svg("rect", { class: "idle", x: busy * 100, y: 0, width: idle * 100, height: 10 }),
  );
  picture.setAttribute("aria-hidden", "true");
  return picture;
}

function showPoolChoice(pools) {
  const choice = byId("chart-pool");
  const wanted = ["", ...pools.map((pool) => JSON.stringify([pool.database, pool.user]))];
  if (wanted.join() !== [...choice.options].map((option) => option.value).join()) {
    choice.replaceChildren(
      ...wanted.map((value) => {
        const option = element("option", "", value === "" ? "all pools" : JSON.parse(value).join("/"));
        option.value = value;
        return option;
      }),
    );
    choice.value = wanted.includes(state.pool) ? state.pool : "";
  }
}

const LEVELS = { ready: "good", degraded: "warn", paused: "off", disabled: "off", unavailable: "bad" };

function showDatabases(databases) {
  byId("databases").replaceChildren(
    ...databases.map((database) =>
      element(
        "li",
        "",
        element("span", `chip ${LEVELS[database.status]}`, database.status),
        element("span", "", element("span", "name", database.database), database.reason ? ` ${database.reason}` : ""),
        element("span", "quiet", `${plural(database.servers_connected, "server")}, ${database.servers_busy} busy`),
      ),
    ),
  );
}

function showPins({ pins, total }) {
  byId("pins").hidden = total === 0;
  byId("pins-none").hidden = total !== 0;
  byId("pins").tBodies[0].replaceChildren(
    ...pins.map((pin) =>
      row(
        `${pin.application_name || pin.user} at ${pin.client_address} (${pin.client_id})`,
        `${pin.database}/${pin.user}`,
        pin.detail === "" ? pin.reason : `${pin.reason}: ${pin.detail}`,
        duration(pin.age_seconds),
        String(pin.server_pid),
      ),
    ),
  );
}

const BLOCKER_LEVELS = {
  active: "good",
  "idle in transaction": "warn",
  "idle in failed transaction": "warn",
  pinned: "warn",
  idle: "off",
  replication: "off",
};

/** Those who matter: who leaks, keeps others waiting, or has been at it for a while. */
function showBlockers({ blockers, total }) {
  const telling = blockers.filter((each) => each.leaking || each.waiting_clients > 0 || each.state_seconds >= CALM_SECONDS);
  const shown = telling.slice(0, ROWS_SHOWN);
  byId("blockers").hidden = shown.length === 0;
  byId("blockers-none").hidden = total !== 0;
  byId("blockers").tBodies[0].replaceChildren(
    ...shown.map((each) =>
      row(
        `${each.application_name || each.user} at ${each.client_address} (${each.client_id})`,
        `${each.database}/${each.user}`,
        element("span", `chip ${each.leaking ? "bad" : BLOCKER_LEVELS[each.state]}`, each.leaking ? "leaking" : each.state),
        duration(each.state_seconds),
        each.transaction_seconds === 0 ? "–" : duration(each.transaction_seconds),
        count(each.waiting_clients),
        statement(each.last_query || each.pinned_by),
      ),
    ),
  );
  const rest = total - shown.length;
  byId("blockers-more").textContent =
    rest === 0 ? "" : shown.length === 0 ? `${plural(rest, "client")}, each for a moment only.` : `and ${count(rest)} more`;
}

function showQueries(queries) {
  byId("queries").hidden = queries.length === 0;
  byId("queries-none").hidden = queries.length !== 0;
  byId("queries").tBodies[0].replaceChildren(
    ...queries.map((each) =>
      row(
        statement(each.query),
        `${each.database}/${each.user}`,
        duration(each.total_seconds),
        count(each.calls),
        duration(each.mean_seconds),
        duration(each.p95_seconds),
        duration(each.max_seconds),
        duration(each.wait_seconds),
        count(each.errors),
        count(each.rows),
      ),
    ),
  );
}

function showSlow(queries) {
  byId("slow").hidden = queries.length === 0;
  byId("slow-none").hidden = queries.length !== 0;
  byId("slow").tBodies[0].replaceChildren(
    ...queries.map((each) =>
      row(
        statement(each.query),
        ago(each.started_at),
        `${duration(each.seconds)}${each.failed ? ", failed" : ""}`,
        duration(each.wait_seconds),
        `${each.application_name || each.user} at ${each.client_address} (${each.client_id})`,
        `${each.database}/${each.user}`,
      ),
    ),
  );
}

/** A text that may be long: all of it shows when it is pointed at. */
function statement(text) {
  const shown = element("code", "statement", text || "(its text is not known)");
  shown.title = text;
  return shown;
}

function row(...cells) {
  return element("tr", "", ...cells.map((cell) => element("td", "", cell)));
}

function showConfig() {
  const text = byId("config-find").value.trim().toLowerCase();
  const all = byId("config-all").checked || text !== "";
  const changed = state.settings.filter((setting) => setting.value !== setting.default);
  const shown = (all ? state.settings : changed).filter((setting) => setting.name.includes(text));
  byId("config-summary").textContent = `${changed.length} of ${state.settings.length} differ from their default`;
  byId("config").tBodies[0].replaceChildren(
    ...shown.map((setting) => row(setting.name, setting.value ?? "", setting.default ?? "")),
  );
}

byId("chart-pool").addEventListener("change", (event) => {
  state.pool = event.target.value;
  state.steps = [];
  refresh();
});
byId("config-find").addEventListener("input", showConfig);
byId("config-all").addEventListener("change", showConfig);
document.addEventListener("visibilitychange", () => document.hidden || refresh());
setInterval(showFreshness, EVERY_MS);
run();
