// What the X-ray cannot do without a script: it counts down, and remembers whether it was folded away.
"use strict";

const panel = document.getElementById("xray");
if (panel) {
  try {
    const kept = localStorage.getItem("xray");
    if (kept) panel.open = kept === "open";
    panel.addEventListener("toggle", () => localStorage.setItem("xray", panel.open ? "open" : "folded"));
  } catch {
    // A browser that keeps nothing for us: the panel stays as the server made it.
  }
}

for (const place of document.querySelectorAll("[data-expires]")) {
  // The server's clock is what counts, so this one's is only used to measure time.
  const start = performance.now();
  const left = Number(place.dataset.expires) - Number(place.dataset.now);
  const tick = () => {
    const seconds = Math.max(0, Math.ceil(left - (performance.now() - start) / 1000));
    place.textContent = seconds > 0 ? `${seconds} s` : "no longer: load the page again and see";
    if (seconds === 0) clearInterval(timer);
  };
  const timer = setInterval(tick, 250);
  tick();
}
