// Asks the compiler, which runs in a thread of its own: one question at a time, and none for longer than a person waits.
const MOST_TIME = 10_000;

export class Compiler {
  #packed;
  #code;
  #worker = null;
  #waiting = [];
  #asked = null;
  #next = 0;
  #timer = 0;
  times = { unpacked: 0, started: 0, first: 0 };

  constructor(packed, code) {
    this.#packed = packed;
    this.#code = code;
    this.#start();
  }

  // The answer as an object; an error of the compiler's own is one with `error`.
  ask(question, bytes = null) {
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

  #start() {
    const url = URL.createObjectURL(new Blob([this.#code], { type: "text/javascript" }));
    this.#worker = new Worker(url);
    URL.revokeObjectURL(url);
    this.#worker.onmessage = ({ data }) => this.#heard(data);
    this.#worker.onerror = (event) => this.#heard({ failed: event.message || "the compiler could not be started" });
    this.ready = false;
    this.#worker.postMessage({ packed: this.#packed });
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
    } else {
      const asked = this.#asked;
      this.#asked = null;
      if (data.failed !== undefined) {
        this.#worker.terminate();
        const answer = { error: `the compiler stopped: ${data.failed}`, help: "the text may be too large or too deep for a page: `quirkc` takes it" };
        // A module that cannot even start is not started for ever.
        if (asked) {
          asked.resolve(answer);
          this.#start();
        } else {
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
