// The what-if panel. It knows the bill where every setting is off and where it is on in full, and
// weighs those in exact integers: the sums that llmcost itself would print.
"use strict";
(() => {
  const island = document.getElementById("what-if-data");
  if (!island) return;
  const data = JSON.parse(island.textContent);
  const byId = (id) => document.getElementById(id);
  const amounts = (tree) => (Array.isArray(tree) ? tree.map(amounts) : BigInt(tree));
  const [unmoved, moved] = [amounts(data.unmoved), amounts(data.moved)];

  // The controls, each with whether it is on and at what value; nothing where a log has no use for it.
  const control = (name) => {
    const box = byId(`what-if-${name}`);
    if (!box) return null;
    const [check, range] = [box.querySelector("[type=checkbox]"), box.querySelector("[type=range]")];
    return { check, range, says: box.querySelector("output"), select: box.querySelector("select") };
  };
  const controls = {};
  for (const name of ["cache", "tier", "cap", "batch", "discount"]) controls[name] = control(name);
  if (controls.tier && data.shares.length > 2) {
    controls.tier.range.step = data.shares[1];
    controls.tier.range.value = data.shares[1];
  }
  if (controls.cap) {
    controls.cap.range.max = data.caps.length - 1;
    controls.cap.range.value = Math.min(1, data.caps.length - 1);
  }

  // What is chosen: percents as integers, places of targets and caps; missing where it is off.
  const chosen = () => {
    const choice = {};
    for (const [name, one] of Object.entries(controls)) {
      if (one && one.check.checked) choice[name] = Number(one.range.value);
    }
    if ("tier" in choice) choice.target = Number(controls.tier.select.value);
    return choice;
  };

  // Amounts here are fractions: [numerator, denominator] of 10^-27 dollars.
  const weigh = (from, to, percent) => {
    const part = BigInt(percent);
    return [from[0] * (100n - part) * to[1] + to[0] * part * from[1], from[1] * to[1] * 100n];
  };
  const bill = (choice) => {
    const cap = "cap" in choice ? choice.cap + 1 : 0;
    const whole = (corners) => corners.map((amount) => [amount, 1n]);
    let corners = whole(unmoved[cap]);
    if (choice.tier > 0) {
      const rows = moved[choice.target];
      if (data.shares.length > 2) {
        corners = whole(rows[data.shares.indexOf(choice.tier) - 1][cap]);
      } else {
        const all = whole(rows[0][cap]);
        corners = corners.map((corner, place) => weigh(corner, all[place], choice.tier));
      }
    }
    const cached = ([without, cold, warm]) =>
      "cache" in choice ? weigh(cold, warm, choice.cache) : without;
    const lanes = [cached(corners.slice(0, 3)), cached(corners.slice(3))];
    const batched = weigh(lanes[0], lanes[1], choice.batch ?? 0);
    const paid = weigh([0n, 1n], batched, 100 - (choice.discount ?? 0));
    // To 10^-18 dollars, as llmcost rounds a bill.
    return rounded(paid[0], paid[1] * 10n ** 9n);
  };
  // Half to even.
  const rounded = (numerator, denominator) => {
    const size = numerator < 0n ? -numerator : numerator;
    let [quotient, rest] = [size / denominator, size % denominator];
    if (rest * 2n > denominator || (rest * 2n === denominator && quotient % 2n === 1n)) quotient += 1n;
    return numerator < 0n ? -quotient : quotient;
  };

  const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ",");
  const decimal = (number, places) => {
    const digits = number.toString().padStart(places + 1, "0");
    const whole = grouped(digits.slice(0, digits.length - places));
    return places ? `${whole}.${digits.slice(-places)}` : whole;
  };
  const { symbol, decimals, rate } = data.money;
  const money = (atto) => {
    const number = rounded(atto * BigInt(rate), 10n ** BigInt(27 - decimals));
    const size = number < 0n ? -number : number;
    if (size === 0n && atto !== 0n) return `<${symbol}${decimal(1n, decimals)}`;
    return `${number < 0n ? "−" : ""}${symbol}${decimal(size, decimals)}`;
  };
  const percent = (part, whole) => {
    if (whole === 0n) return "";
    const tenths = rounded(part * 1000n, whole);
    if (tenths === 0n && part !== 0n) return "<0.1 %";
    return tenths === 1000n && part < whole ? ">99.9 %" : `${decimal(tenths, 1)} %`;
  };

  const flags = (choice) => {
    const rate = (value) => String(value / 100);
    const all = [
      choice.tier > 0 && `--tier ${rate(choice.tier)}=${data.targets[choice.target]}`,
      "cap" in choice && `--output-cap ${data.caps[choice.cap]}`,
      choice.batch > 0 && `--batch ${rate(choice.batch)}`,
      "cache" in choice && `--cache-hit ${rate(choice.cache)}`,
      choice.discount > 0 && `--discount ${rate(choice.discount)}`,
    ];
    return all.filter(Boolean);
  };

  const words = {
    cache: (value) => `${value} % of calls find their prompt warm`,
    tier: (value) => `${value} % of calls`,
    cap: (value) => `${grouped(String(data.caps[value]))} tokens`,
    batch: (value) => `${value} % of calls can wait a day`,
    discount: (value) => `${value} % off every price`,
  };
  const names = {
    cache: "prompt caching", tier: "tiering", cap: "output cap", batch: "batch",
    discount: "provider discount",
  };
  const baseline = bill({});

  const show = () => {
    const choice = chosen();
    const total = bill(choice);
    const saved = baseline - total;
    for (const [name, one] of Object.entries(controls)) {
      if (!one) continue;
      const text = words[name](Number(one.range.value));
      one.says.textContent = one.check.checked ? text : "off";
      one.range.setAttribute("aria-valuetext", one.check.checked ? text : `off, ${text}`);
    }
    byId("what-if-bill").textContent = money(total);
    const than = saved < 0n ? "more" : "less";
    const size = saved < 0n ? -saved : saved;
    byId("what-if-change").textContent = saved === 0n
      ? "as it is, at the prices of the tables"
      : `instead of ${money(baseline)}: ${money(size)} or ${percent(size, baseline)} ${than}`;
    const left = baseline === 0n ? 1000n : (total * 1000n) / baseline;
    byId("what-if-left").style.width = `${Math.min(100, Number(left) / 10)}%`;
    const active = Object.keys(controls).filter((name) => name in choice);
    const alone = byId("what-if-alone");
    alone.replaceChildren();
    const item = (text) => {
      const line = document.createElement("li");
      line.textContent = text;
      alone.append(line);
    };
    let sum = 0n;
    for (const name of active) {
      const only = { [name]: choice[name] };
      if (name === "tier") only.target = choice.target;
      const gain = baseline - bill(only);
      sum += gain;
      item(`${names[name]} alone saves ${money(gain)}`);
    }
    if (active.length > 1 && sum !== saved) {
      item(`added up that would be ${money(sum)}; together they save ${money(saved)}`);
    }
    const command = [data.command, ...flags(choice)].join(" ");
    byId("what-if-command").textContent = command;
    byId("what-if-line").hidden = flags(choice).length === 0;
  };

  const panel = byId("what-if");
  panel.addEventListener("input", (event) => {
    // Who moves a control means it to count.
    const moved = event.target.closest(".setting");
    if (moved && event.target.type !== "checkbox") moved.querySelector("[type=checkbox]").checked = true;
    show();
  });
  byId("what-if-copy").addEventListener("click", async (event) => {
    try {
      await navigator.clipboard.writeText(byId("what-if-command").textContent);
      event.target.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(byId("what-if-command"));
    }
  });
  panel.hidden = false;
  show();
})();
