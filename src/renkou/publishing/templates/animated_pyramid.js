// Draws the pyramid of the chosen year, and moves from year to year when asked to.
// Everything it says was written by the program that made this page; it asks for nothing else.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const part = name => document.getElementById(name);
  const [slider, play, men, women, facts, year] =
    ["year", "play", "men", "women", "facts", "shown-year"].map(part);
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const { left, right, width, top, height, most } = data.frame;
  const step = height / data.ages.length;
  const last = data.years.length - 1;
  let shown = 0, timer = 0;

  function bars(values, sign) {
    const start = sign < 0 ? left : right;
    let path = "";
    values.forEach((value, age) => {
      const across = sign * value / most * width;
      const y = top + height - (age + 1) * step;
      path += `M${start} ${y.toFixed(2)}h${across.toFixed(2)}v${(step * 0.9).toFixed(2)}h${(-across).toFixed(2)}z`;
    });
    return path;
  }

  // `at` may lie between two years while the picture moves.
  function draw(at) {
    const low = Math.floor(at), high = Math.min(low + 1, last), share = at - low;
    const between = sex => data[sex][low].map((value, age) =>
      value + share * (data[sex][high][age] - value));
    men.setAttribute("d", bars(between("male"), -1));
    women.setAttribute("d", bars(between("female"), 1));
  }

  function tell(at) {
    year.textContent = data.labels[at];
    data.facts[at].forEach((text, place) => { facts.children[place].lastElementChild.textContent = text; });
    slider.value = at;
    slider.setAttribute("aria-valuetext", data.spoken[at]);
    document.querySelectorAll("tr[data-at]").forEach(row =>
      row.classList.toggle("now", Number(row.dataset.at) === at));
    document.documentElement.dataset.year = data.years[at];
    point(null);
  }

  function show(at) { shown = at; draw(at); tell(at); }

  function glide(to, then) {
    // Steps by the clock, so that it also moves where no frames are drawn, as in a hidden tab.
    const from = shown, length = 360, begin = performance.now();
    const move = () => {
      const share = Math.min(1, (performance.now() - begin) / length);
      draw(from + (to - from) * share);
      if (share < 1) timer = setTimeout(move, 16);
      else { show(to); then(); }
    };
    move();
  }

  const playing = () => play.dataset.playing === "yes";

  function stop() {
    clearTimeout(timer);
    play.dataset.playing = "no";
    play.textContent = "播放";
    facts.setAttribute("aria-live", "polite");
  }

  function on() {
    if (!playing()) return;
    if (shown >= last) { stop(); return; }
    // Without motion the picture changes once a second and does not slide.
    if (still.matches) timer = setTimeout(() => { show(shown + 1); on(); }, 1000);
    else glide(shown + 1, () => { timer = setTimeout(on, 90); });
  }

  function start() {
    if (shown >= last) show(0);
    play.dataset.playing = "yes";
    play.textContent = "暂停";
    facts.setAttribute("aria-live", "off");
    on();
  }

  const go = at => { stop(); show(Math.max(0, Math.min(last, at))); };
  play.addEventListener("click", () => playing() ? (stop(), show(shown)) : start());
  slider.addEventListener("input", () => go(Number(slider.value)));
  part("back").addEventListener("click", () => go(shown - 1));
  part("on").addEventListener("click", () => go(shown + 1));

  const picture = part("picture"), reading = part("reading"), ruler = part("ruler");
  function point(age) {
    const known = age !== null && data.ages[age] !== undefined;
    ruler.setAttribute("visibility", known ? "visible" : "hidden");
    if (!known) { reading.textContent = data.hint; return; }
    const y = top + height - (age + 1) * step;
    ruler.setAttribute("y", y.toFixed(2));
    const [m, w, m0, w0] = [data.male[shown], data.female[shown], data.male[0], data.female[0]]
      .map(values => Math.round(values[age]).toLocaleString("zh-CN"));
    reading.textContent = `${data.ages[age]}岁：男 ${m} 人，女 ${w} 人（基期同龄男 ${m0} 人，女 ${w0} 人）`;
  }
  picture.addEventListener("pointermove", event => {
    const box = picture.getBoundingClientRect();
    const y = (event.clientY - box.top) / box.height * data.frame.page - top;
    point(y < 0 || y >= height ? null : Math.floor((height - y) / step));
  });
  picture.addEventListener("pointerleave", () => point(null));

  part("controls").hidden = false;
  const wanted = data.years.indexOf(Number(location.hash.slice(1)));
  show(Math.max(0, wanted));
  addEventListener("hashchange", () => {
    const found = data.years.indexOf(Number(location.hash.slice(1)));
    if (found >= 0) go(found);
  });
})();
