// Asks the compiler, which runs in a thread of its own: one question at a time, and none for longer than a person waits.
const MOST_TIME = 10_000;

export class Compiler {
  #thread;
  #worker = null;
  #waiting = [];
  #asked = null;
  #next = 0;
  #timer = 0;
  #dead = null;
  times = { unpacked: 0, started: 0, warmed: 0, first: 0 };

  // Takes over the thread that was started with the page.
  constructor({ thread, worker, heard }) {
    this.#thread = thread;
    this.#listen(worker);
    for (const data of heard) this.#heard(data);
  }

  // The answer as an object; an error of the compiler's own is one with `error`.
  ask(question, bytes = null) {
    if (this.#dead) return Promise.resolve(this.#dead);
    return new Promise((resolve) => {
      this.#waiting.push({ id: this.#next++, question, bytes, resolve });
      this.#send();
    });
  }

  // Ends the thread with a question in it, as a text does that makes it trap.
  stop() {
    const answer = this.ask({ ask: "about" });
    this.#heard({ failed: "it was ended" });
    return answer;
  }

  #listen(worker) {
    this.#worker = worker;
    this.#worker.onmessage = ({ data }) => this.#heard(data);
    this.#worker.onerror = (event) => this.#heard({ failed: event.message || "the compiler could not be started" });
    this.ready = false;
    this.#watch();
  }

  #watch() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#heard({ failed: `no answer within ${MOST_TIME / 1000} seconds` }), MOST_TIME);
  }

  #send() {
    if (!this.ready || this.#asked || this.#waiting.length === 0) return;
    this.#asked = this.#waiting.shift();
    const { id, question, bytes } = this.#asked;
    this.#worker.postMessage({ id, question: JSON.stringify(question), bytes });
    this.#watch();
  }

  #heard(data) {
    clearTimeout(this.#timer);
    if (data.started !== undefined) {
      this.ready = true;
      this.times.unpacked ||= data.unpacked;
      this.times.started ||= data.started;
      this.times.warmed ||= data.warmed;
    } else {
      const asked = this.#asked;
      this.#asked = null;
      if (data.failed !== undefined) {
        this.#worker.terminate();
        const answer = { error: `the compiler stopped: ${data.failed}`, help: "the text may be too large or too deep for a page: `quirkc` takes it" };
        // A module that cannot even start is not started for ever.
        if (asked) {
          asked.resolve(answer);
          this.#listen(this.#thread());
        } else {
          this.#dead = answer;
          for (const each of this.#waiting.splice(0)) each.resolve(answer);
        }
        return;
      }
      if (asked?.question.ask === "check") this.times.first ||= data.took;
      asked?.resolve(JSON.parse(data.answer));
    }
    this.#send();
  }
}
