// Drives a headless Chromium over its DevTools protocol with nothing but Node (20 or later).
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

if (typeof WebSocket === "undefined") {
  throw new Error("no WebSocket: run node with --experimental-websocket, or Node 22");
}

/** Starts a browser; `close` ends it and removes its profile. */
export async function launch(program = process.env.CHROMIUM ?? "chromium") {
  const profile = mkdtempSync(join(tmpdir(), "llmcost-browser-"));
  const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-port=0"];
  const process_ = spawn(program, [...flags, `--user-data-dir=${profile}`, "about:blank"], { stdio: ["ignore", "ignore", "pipe"] });
  const address = await new Promise((resolve, reject) => {
    let said = "";
    process_.on("error", reject);
    process_.on("exit", () => reject(new Error(`${program} ended: ${said}`)));
    process_.stderr.on("data", (part) => {
      said += part;
      const found = /ws:\/\/\S+/.exec(said);
      if (found) resolve(found[0]);
    });
  });
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => { socket.onopen = resolve; socket.onerror = reject; });
  const waiting = new Map();
  const listeners = new Set();
  let last = 0;
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.id === undefined) {
      for (const listener of listeners) listener(message);
      return;
    }
    const { resolve, reject, method } = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error) reject(new Error(`${method}: ${message.error.message}`));
    else resolve(message.result);
  };
  const send = (method, params = {}, sessionId = undefined) => new Promise((resolve, reject) => {
    last += 1;
    waiting.set(last, { resolve, reject, method });
    socket.send(JSON.stringify({ id: last, method, params, sessionId }));
  });

  /** Opens a page in a new tab; `said` collects errors and violations of its policy. */
  const open = async (url, { width = 1280, height = 900, dark = false } = {}) => {
    const { targetId } = await send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
    const call = (method, params) => send(method, params, sessionId);
    const said = [];
    const requests = [];
    let loaded;
    const isLoaded = new Promise((resolve) => { loaded = resolve; });
    const listener = (message) => {
      if (message.sessionId !== sessionId) return;
      if (message.method === "Page.loadEventFired") loaded();
      if (message.method === "Network.requestWillBeSent") requests.push(message.params.request.url);
      if (message.method === "Runtime.exceptionThrown") said.push(message.params.exceptionDetails.exception?.description ?? "exception");
      if (message.method === "Log.entryAdded" && message.params.entry.level === "error") said.push(message.params.entry.text);
    };
    listeners.add(listener);
    for (const domain of ["Page", "Runtime", "Log", "Network"]) await call(`${domain}.enable`);
    await call("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: width < 500 });
    await call("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }] });
    const before = performance.now();
    await call("Page.navigate", { url });
    await isLoaded;
    const milliseconds = Math.round(performance.now() - before);
    const evaluate = async (expression) => {
      const { result, exceptionDetails } = await call("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    };
    const picture = async () => {
      const { cssContentSize } = await call("Page.getLayoutMetrics");
      const clip = { x: 0, y: 0, width, height: Math.min(Math.ceil(cssContentSize.height), 12_000), scale: 1 };
      const { data } = await call("Page.captureScreenshot", { format: "png", captureBeyondViewport: true, clip });
      return Buffer.from(data, "base64");
    };
    const print = async () => {
      const { data } = await call("Page.printToPDF", { preferCSSPageSize: true, printBackground: false, paperWidth: 8.27, paperHeight: 11.69 });
      return Buffer.from(data, "base64");
    };
    const close = () => { listeners.delete(listener); return send("Target.closeTarget", { targetId }); };
    return { call, evaluate, picture, print, close, said, requests, milliseconds };
  };

  const close = async () => {
    socket.close();
    const ended = new Promise((resolve) => { process_.on("exit", resolve); });
    process_.kill();
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  return { open, close };
}
