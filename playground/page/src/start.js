// Starts the thread that compiles before the editor is made: it makes its module ready meanwhile.
const text = (id) => document.getElementById(id).textContent;

// What a thread begins with: the module as it is packed, and a text to try it with.
const first = { packed: text("module").trim(), warm: text("example-texts") };

function thread() {
  const url = URL.createObjectURL(new Blob([text("worker")], { type: "text/javascript" }));
  const worker = new Worker(url);
  URL.revokeObjectURL(url);
  worker.postMessage(first);
  return worker;
}

const worker = thread();
// What it says before anybody listens.
const heard = [];
worker.onmessage = ({ data }) => heard.push(data);
worker.onerror = (event) => heard.push({ failed: event.message || "the compiler could not be started" });
window.quirkStart = { thread, worker, heard };
