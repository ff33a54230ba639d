// A picture of the stage for a slide or a page: an SVG that holds the stage's own nodes and styles, so that it is sharp at
// any size, or a PNG drawn from it. Fetched when it is first wanted.

export default () => {};

export const svg = (name) => save(name + ".svg", new Blob([picture()], { type: "image/svg+xml" }));

// Twice the size: it will be projected. A browser that does not draw such an SVG saves the SVG itself.
export const png = async (name) => {
  const text = picture();
  try {
    const image = new Image();
    image.src = "data:image/svg+xml," + encodeURIComponent(text);
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: image.width * 2, height: image.height * 2 });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done));
    if (!blob) throw new Error("not drawn");
    save(name + ".png", blob);
  } catch {
    svg(name);
  }
};

const picture = () => {
  const stage = document.getElementById("stage");
  const [width, height] = [stage.scrollWidth, stage.scrollHeight];
  const copy = stage.cloneNode(true);
  const drawn = stage.querySelectorAll("canvas");
  copy.querySelectorAll("canvas").forEach((canvas, i) => {
    const image = Object.assign(document.createElement("img"), { src: drawn[i].toDataURL(), className: canvas.className });
    image.style.cssText = canvas.style.cssText;
    canvas.replaceWith(image);
  });
  copy.style.cssText = `width:${width}px;height:${height}px;overflow:visible`;
  const holder = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const root = document.documentElement;
  const scheme = root.dataset.theme?.match(/light|dark/)?.[0] ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  const set = (element, attributes) => Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
  style.textContent = styles() + "*{animation:none!important;transition:none!important}";
  const foreign = document.createElementNS("http://www.w3.org/2000/svg", "foreignObject");
  set(holder, { width, height, viewBox: `0 0 ${width} ${height}`, lang: root.lang, "data-theme": scheme, style: `color-scheme:${scheme}` });
  set(foreign, { width: "100%", height: "100%" });
  const { font, color } = getComputedStyle(document.body);
  foreign.append(within(stage.parentElement, copy, `margin:0;width:${width}px;height:${height}px;font:${font};color:${color};background:var(--paper)`));
  holder.append(style, foreign);
  return new XMLSerializer().serializeToString(holder);
};

// The ancestors without their other children, so that every rule still finds its element.
const within = (ancestor, inner, body) => {
  const shell = ancestor.cloneNode(false);
  shell.append(inner);
  shell.style.cssText = ancestor === document.body ? body : "display:contents";
  return ancestor === document.body ? shell : within(ancestor.parentElement, shell, body);
};

const styles = () => [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).map((rule) => rule.cssText).join("\n");

const save = (name, blob) => {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
};
