// Keeps the page up to date. What the daemon sends are rows of its tables; those that differ are
// replaced, so that whoever reads one of the others is not disturbed. Without this script the page
// shows how things were when it was loaded.
"use strict";

const events = "/status/events";
const patience = 5000;
const sections = ["blenders", "running", "ended", "picture"];
const sent = new WeakMap(); // by element: how it came from the daemon

function say(state, text) {
  document.body.dataset.connection = state;
  const line = document.getElementById("connection");
  if (line.textContent !== text) line.textContent = text; // is read out when it changes
}

function duration(seconds) {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

function countUp(root) {
  for (const element of root.querySelectorAll("[data-since]")) {
    const text = duration(Math.max(0, (Date.now() - Number(element.dataset.since)) / 1000));
    if (element.textContent !== text) element.textContent = text;
  }
}

function useLocalTime(root) {
  for (const element of root.querySelectorAll("time[datetime]")) {
    const time = new Date(element.dateTime);
    element.textContent = "date" in element.dataset ? time.toLocaleString() : time.toLocaleTimeString();
  }
}

function update(target, markup) {
  const template = document.createElement("template");
  template.innerHTML = markup; // the daemon has escaped what is not its own
  const rows = [...template.content.children];
  const source = rows.map((row) => row.outerHTML);
  useLocalTime(template.content);
  countUp(template.content);
  rows.forEach((row, index) => {
    sent.set(row, source[index]);
    const old = target.children[index];
    if (old && sent.get(old) === source[index]) return;
    if (old && sent.has(old)) row.classList.add("fresh");
    if (old) old.replaceWith(row);
    else target.append(row);
  });
  while (target.children.length > rows.length) target.lastElementChild.remove();
}

function show(state) {
  if (state.version !== document.body.dataset.version) return location.reload();
  for (const section of sections) update(document.getElementById(section), state[section]);
  const attention = document.getElementById("attention");
  if (attention.textContent !== state.attention) attention.textContent = state.attention;
}

function lose(text) {
  say("lost", text);
}

// An event source does not tell why it was refused.
async function findOutWhy() {
  try {
    const { status } = await fetch(events, { method: "HEAD", cache: "no-store" });
    if (status === 401) return location.replace("/login");
    if (status === 503) lose("Too many pages watch this daemon. This one tries again every few seconds.");
    else if (status === 404) lose("The status page was turned off. What is below may be out of date.");
  } catch {
    loseDaemon();
  }
  setTimeout(connect, patience);
}

function loseDaemon() {
  lose("The daemon does not answer. This page tries again every few seconds; what is below may be out of date.");
}

function connect() {
  const source = new EventSource(events);
  source.onmessage = (event) => {
    show(JSON.parse(event.data));
    say("live", "Live: what changes appears by itself.");
  };
  source.onerror = () => {
    if (source.readyState !== EventSource.CLOSED) return loseDaemon(); // it tries again by itself
    findOutWhy();
  };
}

useLocalTime(document);
countUp(document);
setInterval(() => countUp(document), 1000);
connect();
