() => {
  // Keys and buttons that only change how the page looks. Nothing is stored and nothing is sent.
  const writing = (target) => target.closest("input, textarea, select, [contenteditable]");
  const present = () => {
    const on = document.body.classList.toggle("presenter");
    if (on) document.documentElement.requestFullscreen?.().catch(() => {});
    else if (document.fullscreenElement) document.exitFullscreen?.().catch(() => {});
    setTimeout(() => window.dispatchEvent(new Event("resize")), 250);
  };
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "p" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!writing(event.target)) present();
  });
  document.addEventListener("click", (event) => {
    const what = event.target.closest("[data-do]")?.dataset.do;
    if (what === "example") document.querySelector("#examples [data-example]")?.click();
    if (what === "choose") document.querySelector("#photos input[type=file]")?.click();
    if (what === "forget") document.querySelector("#forget")?.click();
    if (what === "present") present();
    if (what === "theme") document.body.classList.toggle("dark");
  });
}
