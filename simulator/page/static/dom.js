/** Builds and swaps DOM nodes. Text only ever enters the page as text nodes, never as markup. */

const PROPERTIES = new Set([
  "value",
  "checked",
  "disabled",
  "selected",
  "multiple",
  "hidden",
  "htmlFor",
  "tabIndex",
]);

/** One element: `h("p", { class: "note", onclick: f }, "text", child)`. Empty children are left out. */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props ?? {})) assign(node, key, value);
  node.append(...present(children));
  return node;
}

/** The children that are there, flattened. */
export function present(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false && child !== "");
}

function assign(node, key, value) {
  if (value === null || value === undefined) return;
  if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
  else if (PROPERTIES.has(key)) node[key] = value;
  else if (value === false) return;
  else node.setAttribute(key === "class" ? "class" : key, value === true ? "" : String(value));
}

/** Replaces what is in `container`; the focused control keeps its focus when its `data-key` is still there. */
export function swap(container, ...children) {
  const restore = rememberFocus(container);
  container.replaceChildren(...present(children));
  restore();
}

/**
 * Brings `container` to show `items` ({key, stamp, build}) in order. A child whose stamp has not
 * changed stays the same node, so open menus, focus and scroll survive the arrival of other items.
 */
export function reconcile(container, items) {
  const restore = rememberFocus(container);
  const known = new Map([...container.children].map((child) => [child.dataset.item, child]));
  let place = container.firstElementChild;
  for (const { key, stamp, build } of items) {
    let node = known.get(key);
    known.delete(key);
    if (node === undefined || node.dataset.stamp !== stamp) {
      const fresh = build();
      fresh.dataset.item = key;
      fresh.dataset.stamp = stamp;
      if (node !== undefined) {
        if (place === node) place = fresh;
        node.replaceWith(fresh);
      }
      node = fresh;
    }
    if (node === place) place = place.nextElementSibling;
    else container.insertBefore(node, place);
  }
  for (const node of known.values()) node.remove();
  restore();
}

function rememberFocus(container) {
  const active = document.activeElement;
  const key = container.contains(active) ? active.closest("[data-key]")?.dataset.key : undefined;
  if (key === undefined) return () => {};
  const range =
    "selectionStart" in active ? [safely(active, "selectionStart"), safely(active, "selectionEnd")] : null;
  return () => {
    if (document.activeElement === active && active.isConnected) return;
    const again = container.querySelector(`[data-key="${CSS.escape(key)}"]`);
    const target = again?.matches("input,select,textarea,button,a,[tabindex]")
      ? again
      : again?.querySelector("input,select,textarea,button,a,[tabindex]");
    target?.focus({ preventScroll: true });
    if (range !== null && range[0] !== null && target && "setSelectionRange" in target) {
      try {
        target.setSelectionRange(...range);
      } catch {
        /* not a text field any more */
      }
    }
  };
}

function safely(node, property) {
  try {
    return node[property];
  } catch {
    return null;
  }
}

let counter = 0;

/** A fresh id for label/for and aria relations. */
export function uid(prefix = "n") {
  counter += 1;
  return `${prefix}-${counter}`;
}

/** Puts a popover (`popover="manual"`) next to its anchor, inside the window. */
export function place(popover, anchor, { align = "start", match = false } = {}) {
  const box = anchor.getBoundingClientRect();
  if (match) popover.style.width = `${Math.max(box.width, 220)}px`;
  popover.style.maxHeight = "";
  const size = popover.getBoundingClientRect();
  const below = window.innerHeight - box.bottom - 12;
  const above = box.top - 12;
  const up = below < Math.min(size.height, 220) && above > below;
  popover.style.maxHeight = `${Math.max(120, Math.min(340, up ? above : below))}px`;
  const height = popover.getBoundingClientRect().height;
  const left = align === "end" ? box.right - size.width : box.left;
  popover.style.left = `${Math.max(8, Math.min(left, window.innerWidth - size.width - 8))}px`;
  popover.style.top = `${up ? box.top - height - 4 : box.bottom + 4}px`;
}

/** Runs `run` once, `wait` ms after the last call. */
export function debounce(run, wait) {
  let timer = 0;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => run(...args), wait);
  };
}

/** Only links a browser may follow safely; anything else is null. */
export function safeUrl(text) {
  try {
    const url = new URL(text);
    return ["http:", "https:", "mailto:", "tel:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
