// The two views of the right side: the answer, and how far to trust it. Nothing is sent but, once, that the second
// one was opened, so that it is filled only then. The address keeps the view, and nothing else.
const tabs = Array.from(element.querySelectorAll("[data-view]"));
let filled = false;
tabs.forEach((tab) => {
  const panel = document.getElementById(tab.getAttribute("aria-controls"));
  panel?.setAttribute("role", "tabpanel");
  panel?.setAttribute("aria-labelledby", tab.id);
});
const show = (view, focus) => {
  const trusting = view === "trust";
  document.body.classList.toggle("trusting", trusting);
  tabs.forEach((tab) => {
    const on = tab.dataset.view === view;
    tab.setAttribute("aria-selected", on);
    tab.tabIndex = on ? 0 : -1;
    if (on && focus) tab.focus();
  });
  history.replaceState(null, "", location.pathname + location.search + (trusting ? "#trust" : ""));
  if (trusting && !filled) { filled = true; trigger("opened", {}); }
  setTimeout(() => window.dispatchEvent(new Event("resize")), 60);
};
element.addEventListener("click", (event) => {
  const tab = event.target.closest("[data-view]");
  if (tab) show(tab.dataset.view, false);
});
element.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
  event.preventDefault();
  show(document.body.classList.contains("trusting") ? "answer" : "trust", true);
});
document.addEventListener("click", (event) => {
  if (event.target.closest("#go, #examples [data-example]")) show("answer", false);
  if (event.target.closest("[data-do=trust]")) { show("trust", true); window.scrollTo(0, 0); }
});
if (location.hash === "#trust") setTimeout(() => show("trust", false), 300);
