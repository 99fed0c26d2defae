// The handlers of ../handlers in JavaScript, for workerd.
import { createHash } from "node:crypto";

function hello(event) {
  return `hello, ${event.key}!`;
}

function transform(event) {
  const groups = new Map();
  for (const r of event.records) {
    let g = groups.get(r.group);
    if (!g) groups.set(r.group, (g = { group: r.group, count: 0, total: 0, tags: new Set(), records: [] }));
    g.count++;
    g.total += r.amount;
    g.records.push(r);
    for (const tag of r.tags) g.tags.add(tag);
  }
  return [...groups.values()]
    .map((g) => ({ ...g, tags: [...g.tags].sort() }))
    .sort((a, b) => (a.group < b.group ? -1 : 1));
}

const pattern = /^(\d+)-([a-z]+)@([a-z]+)\.example$/;

// The generator needs 64 bits; two numbers hold them faster than a BigInt.
function generator() {
  let high = 0, low = 1;
  const m = [0x7f2d, 0x4c95, 0xf42d, 0x5851], a = [0xf767, 0x7b7e, 0x4f, 0x1405].reverse();
  const add = [0x14057b7e, 0xf767814f];
  return (n) => {
    const s = [low & 0xffff, low >>> 16, high & 0xffff, high >>> 16];
    const p = [0, 0, 0, 0];
    for (let i = 0; i < 4; i++) {
      let carry = 0;
      for (let j = 0; i + j < 4; j++) {
        const t = p[i + j] + s[i] * m[j] + carry;
        p[i + j] = t & 0xffff;
        carry = Math.floor(t / 65536);
      }
    }
    const lowSum = ((p[1] * 65536 + p[0]) >>> 0) + add[1];
    low = lowSum >>> 0;
    high = (((p[3] * 65536 + p[2]) >>> 0) + add[0] + (lowSum > 0xffffffff ? 1 : 0)) >>> 0;
    return ((high >>> 1) % n + 0) % n; // seed >> 33
  };
}

function compute(event) {
  const next = generator();
  const word = () => {
    let w = "";
    for (let n = 4 + next(8); n > 0; n--) w += String.fromCharCode(97 + next(26));
    return w;
  };
  const parts = [];
  for (let i = 0; i < event.lines; i++) {
    const line = `${next(10)}${next(10)}-${word()}@${word()}.example`;
    const m = pattern.exec(line);
    if (m) parts.push(`${m[3]}/${m[2]}/${m[1]}`);
  }
  parts.sort();
  let sum = createHash("sha256").update(parts.join("\n")).digest();
  for (let i = 0; i < 200; i++) sum = createHash("sha256").update(sum).digest();
  return sum.toString("hex");
}

const handlers = { hello, transform, compute };

export default {
  async fetch(request) {
    const name = new URL(request.url).pathname.slice(1);
    if (name === "echo") return new Response(await request.arrayBuffer());
    const handler = handlers[name];
    if (!handler) return new Response("no such handler", { status: 404 });
    return Response.json(handler(await request.json()));
  },
};
