// What a person with a keyboard, a screen reader or a small screen would meet on this page: its faults.
() => {
  const faults = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.querySelectorAll("body *")]
      .filter((el) => el.getBoundingClientRect().right > root.clientWidth + 1)
      .slice(-3)
      .map((el) => el.outerHTML.slice(0, 90));
    faults.push(`scrolls sideways: ${root.scrollWidth} > ${root.clientWidth}: ${wide.join(" | ")}`);
  }
  const headings = document.querySelectorAll("h1").length;
  if (headings !== 1) faults.push(`${headings} main headings`);
  const [own, site] = document.title.split(" · ");
  if (!own.trim() || !site) faults.push(`title ${JSON.stringify(document.title)}`);

  // Focus must be seen: something about the element, or the box drawn for it, changes. The caller has
  // pressed Tab once, so the browser counts focus as the keyboard's.
  const drawn = (el) => {
    const boxes = [getComputedStyle(el)];
    const beside = el.nextElementSibling;
    if (el.matches("input[type=radio], input[type=checkbox]") && beside)
      boxes.push(getComputedStyle(beside, "::before"));
    return boxes
      .map((s) => [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.backgroundColor, s.borderColor,
        s.borderWidth, s.position, s.clipPath].join())
      .join();
  };
  const asked = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  document.activeElement?.blur();
  for (const el of document.querySelectorAll(asked)) {
    if (el.disabled || !el.checkVisibility()) continue;
    const plain = drawn(el);
    el.focus({ preventScroll: true });
    if (document.activeElement !== el) faults.push(`cannot be focused: ${el.outerHTML.slice(0, 90)}`);
    else if (drawn(el) === plain) faults.push(`focus is not seen: ${el.outerHTML.slice(0, 90)}`);
    el.blur();
  }
  // What comes next looks at the page as nobody's focus changes it.
  return faults;
}
