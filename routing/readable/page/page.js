"use strict";
// Shows only the topics of which the words people use fit what is typed. Without this script all topics are shown.
(function () {
  const small = new Set("aan als bij dan dat de die dit een en er het hoe iets ik in is kan mag met mij mijn moet naar niet of om op over te van voor waar wat wie wil ze zijn".split(" "));
  const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const split = (text) => fold(text).split(/[^a-z0-9]+/).filter(Boolean);
  // A whole word counts most, the beginning of one less, and a word that what is typed begins with least.
  const fit = (word, typed) => word === typed ? 3 : word.startsWith(typed) ? 2 : word.length > 4 && typed.startsWith(word) ? 1 : 0;
  const fits = (topic, typed) => topic.words.reduce((most, word) => Math.max(most, fit(word, typed)), 0);
  const find = (topics, text) => {
    const all = split(text);
    const typed = all.filter((one) => !small.has(one));
    const scores = topics.map(() => 0);
    (typed.length ? typed : all).forEach((one) => {
      const found = topics.map((topic) => fits(topic, one));
      const rare = Math.log(1 + topics.length / (1 + found.filter(Boolean).length));
      found.forEach((how, at) => { scores[at] += how * rare; });
    });
    const best = Math.max(...scores);
    return all.length ? topics.filter((_, at) => best > 0 && scores[at] >= 0.5 * best) : topics;
  };
  if (typeof document === "undefined") { globalThis.gvd = { find, split }; return; }
  const topics = [...document.querySelectorAll("[data-onderwerp]")].map((card) => ({
    card,
    words: [...new Set([...card.querySelectorAll("[data-woorden]")].flatMap((one) => split(one.textContent)))],
  }));
  const groups = [...document.querySelectorAll("[data-terrein]")];
  const box = document.getElementById("zoek");
  const told = document.getElementById("gevonden");
  const show = () => {
    const found = new Set(find(topics, box.value));
    topics.forEach((one) => { one.card.hidden = !found.has(one); });
    groups.forEach((group) => { group.hidden = !group.querySelector("[data-onderwerp]:not([hidden])"); });
    const count = found.size === 1 ? "1 onderwerp" : `${found.size} onderwerpen`;
    told.textContent = found.size ? `${count} gevonden.` : "Niets gevonden. Probeer een ander woord.";
  };
  document.getElementById("zoekveld").hidden = false;
  box.form.addEventListener("submit", (event) => event.preventDefault());
  box.addEventListener("input", show);
  if (box.value) show();
  // A link to a topic that the search has hidden shows everything again.
  addEventListener("hashchange", () => {
    const card = document.getElementById(location.hash.slice(1));
    if (card && card.closest("[hidden]")) { box.value = ""; show(); card.scrollIntoView(); }
  });
})();
