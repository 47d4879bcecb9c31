// A browser that is told, line by line on its standard input, what to do: one JSON object in, one JSON object out.
// driver.mjs <folder with index.html> <runtime folder> <node_modules> <viewport WxH> <touch 0|1> <profile folder> <page density> <port>
// The page is the one that is published; what it asks of the runtime's server is answered from the runtime folder.
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import readline from "node:readline";
import { createRequire } from "node:module";

const [folder, runtime, modules, viewport, touch, profile, density, port] = process.argv.slice(2);
const { chromium } = createRequire(path.join(modules, "x.js"))("playwright-core");
const TYPES = { html: "text/html", js: "text/javascript", mjs: "text/javascript", json: "application/json", wasm: "application/wasm", png: "image/png", webmanifest: "application/manifest+json" };
const ROUTES = [["/rig/", path.join(runtime, "rigweb")], ["/pyodide/", path.join(modules, "pyodide")], ["/wheels/", runtime], ["/", folder]];

const wheels = fs.readdirSync(runtime).filter(name => name.endsWith(".whl"));
const server = http.createServer((request, response) => {
  const asked = decodeURIComponent(new URL(request.url, "http://x").pathname);
  if (asked === "/cfg.json") { response.setHeader("content-type", "application/json"); return response.end(JSON.stringify({ kind: "apk", wheels, fit: false })); }
  const [prefix, base] = ROUTES.find(([start]) => asked.startsWith(start));
  const file = path.join(base, asked === "/" ? "index.html" : asked.slice(prefix.length));
  if (!file.startsWith(base) || !fs.existsSync(file) || !fs.statSync(file).isFile()) { response.statusCode = 404; return response.end(); }
  response.setHeader("content-type", TYPES[file.split(".").pop()] ?? "application/octet-stream");
  response.setHeader("cache-control", "no-store");
  fs.createReadStream(file).pipe(response);
});
await new Promise(done => server.listen(Number(port), "127.0.0.1", done));
const origin = `http://127.0.0.1:${server.address().port}/`;

const [width, height] = viewport.split("x").map(Number);
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.DEVOPS_CHROMIUM ?? "/usr/bin/chromium", headless: false,
  args: ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--enable-precise-memory-info", "--js-flags=--expose-gc"],
  viewport: { width, height }, hasTouch: touch === "1", isMobile: false, deviceScaleFactor: Number(density),
});
const page = context.pages()[0] ?? await context.newPage();
const cdp = await context.newCDPSession(page);
const problems = [], outside = [];
const options = { runtime: true, hold: false };
page.on("console", message => { if (message.type() === "error") problems.push(message.text()); });
page.on("pageerror", error => problems.push(String(error)));
await context.route(url => url.hostname !== "127.0.0.1", async route => {
  const { pathname } = new URL(route.request().url());
  outside.push(pathname);
  const file = path.join(runtime, "rigweb", path.basename(pathname));
  if (options.hold) await new Promise(() => {});
  if (!options.runtime || !fs.existsSync(file)) return route.abort();
  return route.fulfill({ headers: { "access-control-allow-origin": "*", "content-type": "text/javascript" }, body: fs.readFileSync(file) });
});

// Game pixels -> page pixels.
const at = ([x, y]) => page.evaluate(([x, y]) => {
  const canvas = document.getElementById("canvas"), box = canvas.getBoundingClientRect();
  return [box.left + x * box.width / canvas.width, box.top + y * box.height / canvas.height];
}, [x, y]);
const pause = seconds => new Promise(done => setTimeout(done, seconds * 1000));
const fingers = (type, points) => cdp.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });

const ACTS = {
  options: async given => { Object.assign(options, given); },
  init: ({ code }) => context.addInitScript(code),
  open: async ({ query = "", until = "window.game_page?.state.up && document.getElementById('canvas')?.width > 8", timeout = 120 }) => {
    problems.length = outside.length = 0;
    await page.goto(origin + query, { waitUntil: "commit" });
    if (until) await page.waitForFunction(until, null, { timeout: timeout * 1000, polling: 50 });
  },
  wait: ({ code, timeout = 60 }) => page.waitForFunction(code, null, { timeout: timeout * 1000, polling: 50 }).then(() => true),
  js: ({ code }) => page.evaluate(code),
  py: ({ code }) => page.evaluate(code => { const value = window.pyodide.runPython(code); return value?.toJs ? String(value) : value; }, code),
  move: async ({ to, steps = 4 }) => page.mouse.move(...await at(to), { steps }),
  click: async ({ to, button = "left" }) => page.mouse.click(...await at(to), { button, delay: 40 }),
  down: async ({ to }) => { await page.mouse.move(...await at(to), { steps: 4 }); await page.mouse.down(); },
  up: async ({ to }) => { await page.mouse.move(...await at(to), { steps: 6 }); await page.mouse.up(); },
  wheel: ({ by }) => page.mouse.wheel(0, by),
  key: ({ key }) => page.keyboard.press(key, { delay: 40 }),
  // Fingers go down, each along its way, and up again; with `keep` they stay where they are until `lift`.
  touch: async ({ paths, hold = 0, steps = 8, keep = false }) => {
    const all = [];
    for (const way of paths) all.push(await Promise.all(way.map(at)));
    await fingers("touchStart", all.map(way => way[0]));
    await pause(0.05 + hold);
    for (let step = 1; all[0].length > 1 && step <= steps; step++) {
      await fingers("touchMove", all.map(([[ax, ay], [bx, by]]) => [ax + (bx - ax) * step / steps, ay + (by - ay) * step / steps]));
      await pause(0.03);
    }
    if (!keep) await ACTS.lift();
  },
  lift: () => fingers("touchEnd", []).then(() => pause(0.05)),
  shot: ({ path, clip }) => page.screenshot({ path, clip: clip ?? undefined }).then(() => null),
  size: ({ size }) => page.setViewportSize({ width: size[0], height: size[1] }),
  problems: async () => problems,
  outside: async () => outside,
  // Processor time of the animation frames meanwhile, in ms: waiting for a processor that others use is not in it.
  frames: async ({ seconds }) => {
    const spent = [];
    const collect = ({ value }) => { for (const event of value) if (event.name === "FireAnimationFrame" && event.tdur) spent.push(event.tdur / 1000); };
    cdp.on("Tracing.dataCollected", collect);
    await cdp.send("Tracing.start", { transferMode: "ReportEvents", traceConfig: { includedCategories: ["devtools.timeline"] } });
    await pause(seconds);
    const complete = new Promise(done => cdp.once("Tracing.tracingComplete", done));
    await cdp.send("Tracing.end");
    await complete;
    cdp.off("Tracing.dataCollected", collect);
    return spent;
  },
  stats: () => page.evaluate(() => window.__rig?.stats?.()),
};

const answer = object => process.stdout.write(JSON.stringify(object) + "\n");
answer({ value: origin });
for await (const line of readline.createInterface({ input: process.stdin })) {
  const { act, ...given } = JSON.parse(line);
  try { answer({ value: await ACTS[act](given) ?? null }); } catch (error) { answer({ error: String(error).slice(0, 4000) }); }
}
await context.close();
server.close();
server.closeAllConnections();
