// A reference executor for Bursar: node executor.mjs, no packages. Replace pay() by your payment provider.
// It keeps what it did in a file, so that it pays a satJti once even when it is killed in between.
import { createHmac, timingSafeEqual } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { createServer } from "node:http";

const { EXECUTOR_TOKEN, EXECUTOR_SECRET, EXECUTOR_FILE = "payments.jsonl", PORT = "8090" } = process.env;
// While the signing secret is rotated both are good: EXECUTOR_SECRET=old,new
const secrets = EXECUTOR_SECRET.split(",");
const known = new Map();

function keep(satJti, entry) {
  const file = openSync(EXECUTOR_FILE, "a");
  writeSync(file, JSON.stringify({ satJti, ...entry }) + "\n");
  fsyncSync(file);
  closeSync(file);
  known.set(satJti, entry);
  return entry.answer;
}

// Give your provider satJti as its idempotency key: should this process die right after it paid, asking again finds the same payment.
async function pay({ satJti }) {
  return "tx_" + satJti;
}

function signed(request, body) {
  const timestamp = request.headers["x-bursar-timestamp"] ?? "";
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > 300) return false;
  const given = Buffer.from(request.headers["x-bursar-signature"] ?? "", "hex");
  const made = secrets.map((secret) => createHmac("sha256", secret).update(timestamp + "." + body).digest());
  return made.some((one) => given.length === one.length && timingSafeEqual(given, one))
    && request.headers.authorization === "Bearer " + EXECUTOR_TOKEN;
}

async function execute(payment) {
  const { satJti, currency } = payment;
  if (known.has(satJti)) return known.get(satJti).answer;
  if (currency !== "IDR") return keep(satJti, { answer: { success: false, errorCode: "CURRENCY_UNSUPPORTED" } });
  // From here on it may be paid: a question that comes now is told nothing until it is known.
  keep(satJti, { payment });
  return settle(payment);
}

const settle = async (payment) =>
  keep(payment.satJti, { answer: { success: true, transactionId: await pay(payment), status: "completed" } });

// A satJti that never arrived is refused from now on, so that a call that is still on its way pays nothing.
const tell = (satJti) =>
  known.has(satJti) ? known.get(satJti).answer : keep(satJti, { answer: { success: false, errorCode: "NOT_RECEIVED" } });

if (existsSync(EXECUTOR_FILE))
  for (const line of readFileSync(EXECUTOR_FILE, "utf8").split("\n").filter(Boolean)) {
    const { satJti, ...entry } = JSON.parse(line);
    known.set(satJti, entry);
  }
for (const { payment } of [...known.values()]) if (payment) await settle(payment);

createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  const send = (status, answer) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer ?? {}));
  if (!signed(request, body)) return send(401, {});
  const satJti = new URL(request.url, "http://executor").searchParams.get("satJti");
  if (request.method === "GET") return send(200, satJti ? tell(satJti) : { ok: true });
  return send(200, await execute(JSON.parse(body)));
}).listen(Number(PORT), "127.0.0.1", () => console.log("executor ready"));
