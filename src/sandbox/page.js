
const main = document.querySelector("main");
const connection = document.querySelector("#connection");
const listen = () => {
  const events = new EventSource("/events");
  events.onopen = () => connection.textContent = "";
  events.onmessage = ({ data }) => main.innerHTML = data;
  events.onerror = () => {
    connection.textContent = "The sandbox does not answer. This page continues when it does.";
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
  };
};
listen();
