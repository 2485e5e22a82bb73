"use strict";
const box = document.getElementById("search");
const rows = [...document.querySelectorAll("#devices tbody tr")];
const count = document.getElementById("count");
const texts = rows.map((row) => (row.textContent + " " + row.dataset.ids).toLowerCase());

function search() {
  const words = box.value.toLowerCase().split(/\s+/).filter((word) => word !== "");
  let shown = 0;
  rows.forEach((row, at) => {
    row.hidden = !words.every((word) => texts[at].includes(word));
    if (!row.hidden) shown += 1;
  });
  count.textContent = shown + " of " + rows.length + (rows.length === 1 ? " device" : " devices");
}

document.querySelector(".search").hidden = false;
box.addEventListener("input", search);
box.addEventListener("keydown", (event) => {
  const first = rows.find((row) => !row.hidden);
  if (event.key === "Enter" && first) first.querySelector("a").click();
  if (event.key === "Escape") { box.value = ""; search(); }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target === box) return;
  event.preventDefault();
  box.focus();
});
if (box.value !== "") search();
