document.addEventListener("DOMContentLoaded", () => {
  const plain = text => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const box = document.getElementById("words"), said = document.getElementById("found");
  const entries = [...document.querySelectorAll("#entries > li")];
  const texts = entries.map(entry => plain(entry.textContent));
  const narrow = () => {
    const words = plain(box.value).split(/\s+/).filter(Boolean);
    let count = 0;
    entries.forEach((entry, at) => {
      entry.hidden = !words.every(word => texts[at].includes(word));
      count += !entry.hidden;
    });
    said.textContent = `${said.dataset.found} ${count}`;
  };
  document.getElementById("search").hidden = false;
  box.value = new URLSearchParams(location.search).get("words") ?? "";
  box.addEventListener("input", narrow);
  narrow();
});
