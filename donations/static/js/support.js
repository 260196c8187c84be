// A little better with it, complete without it (READERS.md). Two things, and no request:
// 1. an amount that the reader writes appears in the button and the texts, reckoned as the server does;
// 2. what was typed is still there after a change of currency or language or after the nudge, which are
//    plain links.
"use strict";

(() => {
  const form = document.querySelector("form.giving");
  if (!form) return;
  const other = form.elements.other_amount;
  const { currency } = form.dataset;
  const decimals = Number(form.dataset.decimals);
  const step = BigInt(form.dataset.step);
  const basisPoints = BigInt(form.dataset.basisPoints);
  const fixed = BigInt(form.dataset.fixed);
  const language = document.documentElement.lang;

  // As the page's language writes amounts: 1,000.50 in English, 1 000,50 in Russian.
  const parts = new Intl.NumberFormat(language).formatToParts(12345.6);
  const mark = (type) => parts.find((part) => part.type === type).value.trim().replace(/./, "\\$&");
  const group = mark("group");
  const wholes = group ? `\\d{1,9}|\\d{1,3}(?:${group}\\d{3}){1,2}` : "\\d{1,9}";
  const amounts = new RegExp(`^(${wholes})(?:${mark("decimal")}(\\d+))?$`);

  // The server's own reading is stricter and final; this one only decides what is shown meanwhile.
  const minorUnits = (text) => {
    const match = amounts.exec(text.replace(/[€$£\s]/g, ""));
    const part = match?.[2] ?? "";
    if (!match || part.length > decimals) return null;
    const amount = BigInt(match[1].replace(/\D/g, "") + part.padEnd(decimals, "0"));
    return amount > 0n ? amount : null;
  };

  const covering = (amount) => {
    const divisor = (10000n - basisPoints) * step;
    return (((amount + fixed) * 10000n + divisor - 1n) / divisor) * step;
  };

  const written = (amount) => {
    const value = Number(amount) / 10 ** decimals;
    const digits = Number.isInteger(value) ? 0 : decimals;
    return new Intl.NumberFormat(language, {
      style: "currency", currency, minimumFractionDigits: digits, maximumFractionDigits: digits,
    }).format(value);
  };

  // The words for both stand in the page: without an amount, and around the places of one.
  const places = form.querySelectorAll("[data-other]");
  const showOther = () => {
    const amount = minorUnits(other.value);
    for (const text of form.querySelectorAll("[data-written]")) text.hidden = amount === null;
    for (const text of form.querySelectorAll("[data-unwritten]")) text.hidden = amount !== null;
    if (amount === null) return;
    const charge = covering(amount);
    const figures = { gift: written(amount), charge: written(charge), fee: written(charge - amount) };
    for (const place of places) place.textContent = figures[place.dataset.other];
  };
  other.addEventListener("input", showOther);

  // Kept in this tab only, and taken out again by the next page.
  const KEY = "support";
  const typed = ["email", "name", "other_amount"];
  const ticked = ["cover_fees", "newsletter"];
  const radios = ["frequency", "amount_once", "amount_monthly", "amount_annual"];
  const placeOf = (name) => [...form.elements[name]].findIndex((radio) => radio.checked);

  const keep = (withChoices) => {
    const kept = { typed: {}, ticked: {}, chosen: {} };
    for (const name of typed) kept.typed[name] = form.elements[name].value;
    for (const name of ticked) kept.ticked[name] = form.elements[name].checked;
    if (withChoices) for (const name of radios) kept.chosen[name] = placeOf(name);
    try { sessionStorage.setItem(KEY, JSON.stringify(kept)); } catch { /* Storage is switched off: the link works all the same. */ }
  };
  const restore = () => {
    let kept = null;
    try {
      kept = JSON.parse(sessionStorage.getItem(KEY));
      sessionStorage.removeItem(KEY);
    } catch { return; }
    if (!kept) return;
    for (const [name, value] of Object.entries(kept.typed)) if (value) form.elements[name].value = value;
    for (const [name, value] of Object.entries(kept.ticked)) form.elements[name].checked = value;
    for (const [name, place] of Object.entries(kept.chosen)) {
      const radio = form.elements[name][place];
      if (radio) radio.checked = true;
    }
  };
  for (const link of document.querySelectorAll(".currency, .languages a")) link.addEventListener("click", () => keep(true));
  document.getElementById("nudge")?.addEventListener("click", () => keep(false));

  restore();
  showOther();
})();
