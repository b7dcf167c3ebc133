// The drop zone: files, drops, pastes and camera pictures go to the server one by one, in memory, never to a disk.
// The framework gives `element` (the zone) and `trigger` (an event for the page).
// A zone with a camera takes what is dropped or pasted anywhere on the page; another takes what lands on itself.
const zone = element.querySelector(".drop");
const input = element.querySelector("input[type=file]");
const status = element.querySelector("[data-status]");
const dialog = element.querySelector("dialog");
const video = element.querySelector("video");
const usual = status.textContent;
const mostBytes = Number(zone.dataset.mostBytes);
const mostFiles = Number(zone.dataset.mostFiles);
let queue = Promise.resolve();
let stream = null;

const ticketOf = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
// The file as it is; its name in a header, since addresses end up in proxies' logs. Answers why it was not taken.
async function post(ticket, file) {
  const name = file.name.slice(0, 1000);
  const label = encodeURIComponent(name.toWellFormed?.() ?? name);
  const headers = { "content-type": "application/octet-stream", "x-label": label };
  const answer = await fetch(new URL("photos/" + ticket, document.baseURI), { method: "POST", headers, body: file });
  if (!answer.ok) throw new Error(answer.status);
  return answer.text();
}

async function send(files) {
  const ticket = ticketOf(), labels = [], reasons = [];
  const leaveOut = (file, reason) => { labels.push(file.name); reasons.push(reason); };
  zone.classList.add("busy");
  let sent = 0;
  for (const file of files) {
    status.textContent = zone.dataset.busy + " " + (files.length > 1 ? (sent + labels.length + 1) + " / " + files.length : "");
    if (sent >= mostFiles) { leaveOut(file, "Only " + mostFiles + " photos are looked at."); continue; }
    if (file.size > mostBytes) { leaveOut(file, "The file is larger than " + mostBytes / 1e6 + " MB."); continue; }
    try {
      const refusal = await post(ticket, file);
      if (refusal) leaveOut(file, refusal); else sent += 1;
    } catch (error) {
      leaveOut(file, "The file could not be sent. Try it again.");
    }
  }
  zone.classList.remove("busy");
  status.textContent = usual;
  trigger("arrived", { ticket, left_out: labels, reasons });
}
const take = (files) => {
  const list = Array.from(files || []);
  if (list.length) queue = queue.then(() => send(list));
};

input.addEventListener("change", () => { take(input.files); input.value = ""; });
// Which zone a drop or a paste is for: the one it lands on (or whose button has the focus), else the first.
const everywhere = dialog !== null;
const isOurs = (event) => {
  const under = event.target instanceof Element ? event.target.closest(".drop") : null;
  return under ? under === zone : everywhere;
};
const carriesFiles = (event) => Array.from(event.dataTransfer?.types || []).includes("Files");
document.addEventListener("dragover", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  zone.classList.toggle("over", isOurs(event));
});
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) zone.classList.remove("over"); });
document.addEventListener("drop", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  zone.classList.remove("over");
  if (isOurs(event)) take(event.dataTransfer.files);
});
document.addEventListener("paste", (event) => {
  if (event.clipboardData?.files.length && isOurs(event)) { event.preventDefault(); take(event.clipboardData.files); }
});

const closeCamera = () => {
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
  if (dialog.open) dialog.close();
};
async function openCamera() {
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1280 } } });
    video.srcObject = stream;
    dialog.showModal();
    await video.play();
  } catch (error) {
    closeCamera();
    status.textContent = zone.dataset.cameraRefused;
  }
}
function shoot() {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  if (!canvas.width) return;
  canvas.getContext("2d").drawImage(video, 0, 0);
  const name = "camera " + new Date().toLocaleTimeString() + ".jpg";
  canvas.toBlob((blob) => take([new File([blob], name, { type: "image/jpeg" })]), "image/jpeg", 0.92);
  video.classList.remove("flash");
  void video.offsetWidth;
  video.classList.add("flash");
}
if (!navigator.mediaDevices?.getUserMedia) element.querySelector(".camera-door")?.remove();
dialog?.addEventListener("close", closeCamera);
element.addEventListener("click", (event) => {
  const what = event.target.closest("[data-do]")?.dataset.do;
  if (what === "camera") openCamera();
  if (what === "shoot") shoot();
  if (what === "close") closeCamera();
});
