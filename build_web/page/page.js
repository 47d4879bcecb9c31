// The page around the game: loading screen, size of the canvas, full screen, and what it says when something is missing.
// The game talks to it by window.game_page; pygbag's runtime reads window.config.
"use strict";
(() => {

const TEXTS = {{texts}};
const WIDE = 16, HIGH = 9;
// The canvas gets as many pixels as the screen has under it, between these heights.
const LEAST_HEIGHT = 720, MOST_HEIGHT = 1080;
// On a picture lower than this (in CSS pixels: a phone) text begins larger, until the player chooses.
const SMALL_HEIGHT = 500, LARGER_TEXT = 1.25;
const SILENCE_MS = 90000;
const STEPS = { page: [0, 0.01], runtime: [0.01, 0.5], python: [0.5, 0.62], package: [0.62, 0.72], libraries: [0.72, 0.9], game: [0.9, 0.99] };

window.config = {
  _sdl2: "canvas", user_canvas: 1, user_canvas_managed: 1, ume_block: {{cookiecutter.ume_block}}, can_close: {{cookiecutter.can_close}},
  archive: "{{cookiecutter.archive}}", gui_debug: 2, gui_divider: 1, cdn: "{{cookiecutter.cdn}}", autorun: 0, PYBUILD: "{{cookiecutter.PYBUILD}}",
  fb_ar: WIDE / HIGH, fb_width: "{{cookiecutter.width}}", fb_height: "{{cookiecutter.height}}",
};

window.RAW_MODE = 0; // no terminal: nobody types at a console

const find = id => document.getElementById(id);

function language() {
  let wished = new URLSearchParams(location.search).get("lang");
  try { wished ||= JSON.parse(localStorage.getItem("project-devops/settings") || "{}").values?.language; } catch { /* private mode */ }
  return (wished || navigator.language || "en").toLowerCase().startsWith("ko") ? "ko" : "en";
}

const words = TEXTS[language()];
const page = { current: "page", since: performance.now(), shown: 0, up: false };

function largestBox(width, height) {
  // Whole pixels of the screen, so that the canvas is not blurred between two of them.
  const density = window.devicePixelRatio || 1;
  const unit = Math.max(1, Math.floor(Math.min(width * density / WIDE, height * density / HIGH)));
  return { unit, density };
}

function fit() {
  const { unit, density } = largestBox(innerWidth, innerHeight);
  const root = document.documentElement.style;
  root.setProperty("--wide", `${unit * WIDE / density}px`);
  root.setProperty("--high", `${unit * HIGH / density}px`);
  placeFullscreenButton(innerWidth - unit * WIDE / density, innerHeight - unit * HIGH / density);
}

function placeFullscreenButton(sides, ends) {
  const button = find("fullscreen");
  if (button) button.classList.toggle("over", sides < 96 && ends < 88);
}

function canvasSize() {
  const { unit, density } = largestBox(Math.max(innerWidth, innerHeight), Math.min(innerWidth, innerHeight));
  // Phones and tablets have dense screens and slow processors.
  const most = matchMedia("(pointer: coarse)").matches ? LEAST_HEIGHT : MOST_HEIGHT;
  const height = Math.min(most, Math.max(LEAST_HEIGHT, unit * HIGH));
  const ui_scale = unit * HIGH / density < SMALL_HEIGHT ? LARGER_TEXT : 1;
  return { width: Math.floor(height / HIGH) * WIDE, height: Math.floor(height / HIGH) * HIGH, ui_scale };
}

// -- loading ---------------------------------------------------------------------------------------------------------

function step(name, detail) {
  if (page.up || !(name in STEPS)) return;
  if (name !== page.current) { page.current = name; page.since = performance.now(); }
  find("step").textContent = words.step[name] + (detail ? ` · ${detail}` : "");
}

function progress() {
  // Inside a step whose end is not known the bar creeps on, ever slower: it never stands still and never claims the end.
  const [from, to] = STEPS[page.current], meter = find("progress");
  const known = page.current === "runtime" && meter.value > 0 ? Math.min(1, meter.value / meter.max) : 0;
  const creep = 1 - Math.exp(-(performance.now() - page.since) / 6000);
  page.shown = Math.max(page.shown, from + (to - from) * Math.max(known, creep));
  return page.up ? 1 : page.shown;
}

function drawProgress() {
  const percent = Math.round(progress() * 100);
  find("bar").style.setProperty("--share", progress());
  find("bar").setAttribute("aria-valuenow", percent);
  find("share").textContent = `${percent}%`;
  if (!page.up) requestAnimationFrame(drawProgress);
}

function tell(tips, at) {
  if (page.up) return;
  const tip = find("tip");
  tip.classList.remove("seen");
  setTimeout(() => { tip.textContent = tips[at % tips.length]; tip.classList.add("seen"); }, 400);
  setTimeout(tell, 6000, tips, at + 1);
}

function ready() {
  if (page.up) return;
  page.up = true;
  drawProgress();
  page.ready_ms = performance.now();
  find("curtain").classList.add("lifted");
  setTimeout(() => find("curtain").remove(), 900);
  find("canvas").focus();
}

function failed(reason, details) {
  const places = { runtime: window.config.cdn, package: `${window.config.archive}.tar.gz` };
  const show = () => {
    page.up = page.failed = true;
    find("reason").textContent = (words.failed[reason] || words.failed.crashed).replace("{place}", places[reason] || "");
    find("details").textContent = details || "";
    find("details").hidden = find("copy").hidden = !details;
    find("failure").hidden = false;
    find("reload").focus();
  };
  if (document.body) show(); else addEventListener("DOMContentLoaded", show);
}

function watchSilence() {
  if (page.up) return;
  if (performance.now() - page.since > SILENCE_MS && !(find("progress").value > 0)) failed("runtime");
  else setTimeout(watchSilence, 1000);
}

// -- full screen -----------------------------------------------------------------------------------------------------

async function toggleFullscreen() {
  const root = document.documentElement;
  try {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await root.requestFullscreen({ navigationUI: "hide" });
    if (document.fullscreenElement && screen.orientation?.lock) await screen.orientation.lock("landscape");
  } catch { /* a desktop has no orientation to lock, and a frame may not be allowed to fill the screen */ }
  find("canvas").focus();
}

function dressFullscreenButton() {
  const button = find("fullscreen"), name = document.fullscreenElement ? words.fullscreen_leave : words.fullscreen;
  button.classList.toggle("on", !!document.fullscreenElement);
  button.title = name;
  button.setAttribute("aria-label", name);
}

let hiding = 0;
function showFullscreenButton() {
  find("fullscreen").classList.add("seen");
  clearTimeout(hiding);
  hiding = setTimeout(() => find("fullscreen").classList.remove("seen"), 2500);
}

function prepareFullscreen() {
  const button = find("fullscreen");
  button.hidden = !document.fullscreenEnabled;
  // The game must not take the press for its own.
  for (const kind of ["pointerdown", "mousedown", "mouseup", "touchstart", "touchend"]) button.addEventListener(kind, event => event.stopPropagation());
  button.addEventListener("click", toggleFullscreen);
  addEventListener("pointermove", showFullscreenButton, { passive: true });
  addEventListener("pointerdown", showFullscreenButton, { passive: true });
  document.addEventListener("fullscreenchange", () => { dressFullscreenButton(); fit(); });
  dressFullscreenButton();
  showFullscreenButton();
}

// -- start -----------------------------------------------------------------------------------------------------------

window.game_page = { ...canvasSize(), state: page, step, ready, failed };
window.custom_prerun = () => step("python");
window.custom_postrun = () => step("python");

addEventListener("DOMContentLoaded", () => {
  document.documentElement.lang = language();
  for (const place of document.querySelectorAll("[data-text]")) place.textContent = words[place.dataset.text];
  find("reload").addEventListener("click", () => location.reload());
  find("copy").addEventListener("click", async () => { await navigator.clipboard.writeText(find("details").textContent); find("copy").textContent = words.copied; });
  prepareFullscreen();
  fit();
  if (typeof WebAssembly !== "object") return failed("webassembly");
  step("runtime");
  drawProgress();
  tell(Object.values(words.tip), Math.floor(Math.random() * 5));
  watchSilence();
});
addEventListener("resize", fit);
})();
