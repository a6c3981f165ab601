// A question that does not get through, on a train or in a lift, is sent again a few times: once Gradio
// takes the connection for lost it loads the page anew, and the chat is gone.

const TRIES = 3;
const PAUSE = 1000; // milliseconds

const send = window.fetch;

window.fetch = async (...request) => {
  const question = String(request[0]?.url ?? request[0]).includes("/queue/join");
  if (question) document.dispatchEvent(new CustomEvent("sending"));
  for (let tried = 1; ; tried += 1) {
    try {
      return await send(...request);
    } catch (error) {
      if (!question || tried === TRIES) throw error;
      document.dispatchEvent(new CustomEvent("unsent"));
      await new Promise((done) => setTimeout(done, PAUSE));
    }
  }
};
