// Counts down until the server forgets the photos. The server says how long that is: after every change of what it
// holds, and once more at the end, when only it can tell whether that has happened. Nothing is stored.
const line = element.querySelector(".clock");
const text = line.querySelector("span");
let until = 0, planned = 0;

const ask = () => {
  clearTimeout(planned);
  planned = setTimeout(() => trigger("tick", {}), 700);
};
const show = () => {
  line.hidden = !until;
  if (!until) return;
  const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
  text.textContent = line.dataset.words.replace("{time}", Math.floor(left / 60) + ":" + String(left % 60).padStart(2, "0"));
  if (!left) { until = 0; setTimeout(() => trigger("due", {}), 500); }
};
watch("value", () => {
  const left = parseFloat(props.value);
  until = left > 0 ? Date.now() + left * 1000 : 0;
  show();
});
setInterval(show, 1000);
const held = (record) => (record.target.closest ? record.target : record.target.parentElement)?.closest("#strip, #outcome");
new MutationObserver((records) => { if (records.some(held)) ask(); })
  .observe(document.getElementById("page"), { childList: true, subtree: true });
