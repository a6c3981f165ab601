// A question that does not get through, on a train or in a lift, is sent again for a while. Given up, it
// is refused as a server would: were it just lost, Gradio would load the page anew, and the chat, and
// what was not sent, would be gone.

const TRIES = 180;
const PAUSE = 1000; // milliseconds
const UNSENT = "No connection. Your question was not sent; it is still in the box.";

const send = window.fetch;

window.fetch = async (...request) => {
  const question = String(request[0]?.url ?? request[0]).includes("/queue/join");
  if (question) document.dispatchEvent(new CustomEvent("sending"));
  for (let tried = 1; ; tried += 1) {
    try {
      const answer = await send(...request);
      if (question) document.dispatchEvent(new CustomEvent("sent"));
      return answer;
    } catch (error) {
      if (!question) throw error;
      if (tried === TRIES) return Response.json({ detail: UNSENT }, { status: 429 });
      document.dispatchEvent(new CustomEvent("unsent"));
      await new Promise((done) => setTimeout(done, PAUSE));
    }
  }
};
