// Makes a screenshot small enough to be kept with the sources: the 256 colours that it uses most, and the nearest of them
// for the rest, which are shades at the edges of letters.

import { crc32, deflateSync } from "node:zlib";

/** The same picture as a PNG with a palette; any page of the browser can read the pixels. */
export async function withPalette(page, png) {
  const { width, height, colours, indices } = await page.evaluate(reduce, png.toString("base64"));
  const places = Buffer.from(indices, "base64");
  // Each row begins with its filter: none, which is best for places in a palette.
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) places.copy(rows, y * (width + 1) + 1, y * width, (y + 1) * width);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const palette = Buffer.from(colours.flatMap((colour) => [(colour >> 16) & 255, (colour >> 8) & 255, colour & 255]));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const parts = [["IHDR", header], ["PLTE", palette], ["IDAT", deflateSync(rows, { level: 9, memLevel: 9 })], ["IEND", Buffer.alloc(0)]];
  return Buffer.concat([signature, ...parts.map(([name, data]) => chunk(name, data))]);
}

function chunk(name, data) {
  const named = Buffer.concat([Buffer.from(name), data]);
  const whole = Buffer.alloc(named.length + 8);
  whole.writeUInt32BE(data.length, 0);
  named.copy(whole, 4);
  whole.writeUInt32BE(crc32(named), named.length + 4);
  return whole;
}

/** Runs in the browser, which knows how to read a picture. */
async function reduce(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const { width, height } = picture;
  const canvas = new OffscreenCanvas(width, height).getContext("2d");
  canvas.drawImage(picture, 0, 0);
  const pixels = canvas.getImageData(0, 0, width, height).data;
  const colourAt = (i) => (pixels[4 * i] << 16) | (pixels[4 * i + 1] << 8) | pixels[4 * i + 2];
  const uses = new Map();
  for (let i = 0; i < width * height; i++) uses.set(colourAt(i), (uses.get(colourAt(i)) ?? 0) + 1);
  const colours = [...uses].sort((a, b) => b[1] - a[1]).slice(0, 256).map(([colour]) => colour);
  const far = (a, b) => ((a >> 16) - (b >> 16)) ** 2 + (((a >> 8) & 255) - ((b >> 8) & 255)) ** 2 + ((a & 255) - (b & 255)) ** 2;
  const places = new Map();
  for (const colour of uses.keys()) {
    let best = 0;
    for (let i = 1; i < colours.length; i++) if (far(colour, colours[i]) < far(colour, colours[best])) best = i;
    places.set(colour, best);
  }
  const indices = Uint8Array.from({ length: width * height }, (_, i) => places.get(colourAt(i)));
  let text = "";
  for (let from = 0; from < indices.length; from += 32_768) text += String.fromCharCode(...indices.subarray(from, from + 32_768));
  return { width, height, colours, indices: btoa(text) };
}
