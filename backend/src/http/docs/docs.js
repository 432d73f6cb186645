// Shows the OpenAPI document and sends requests by hand. All text from the document or an answer becomes text nodes,
// never markup. One file past 400 lines: the program embeds three files for this page, and parts would mean more routes.

const DOCUMENT = new URL("../openapi.json", import.meta.url).pathname;
const METHODS = ["get", "post", "put", "patch", "delete"];
const JSON_MIME = "application/json";
/** Kinds of content whose schema says something; that of a file does not. */
const HAS_FORM = /json|event-stream/;
const $ = (id) => document.getElementById(id);
let api = {};

/** An element; `props` are properties, or attributes when they hold a dash; strings become text. */
function el(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value == null) continue;
    if (key.includes("-")) node.setAttribute(key, value);
    else node[key] = value;
  }
  node.append(...children.flat().filter((child) => child != null && child !== ""));
  return node;
}

/** `code` inside a line; a link between comments of the code, [`Name`], leads nowhere here. */
const inline = (line) => line.replaceAll(/\[(`[^`]+`)\]/g, "$1").split("`").map((part, i) => (i % 2 ? el("code", {}, part) : part));

/** Paragraphs of a description; nothing else of Markdown is used in the document. */
function prose(text) {
  return (text ?? "").split(/\n\s*\n/).filter(Boolean).map((block) => el("p", {}, inline(block.replaceAll("\n", " "))));
}

function copyButton(label, text) {
  const button = el("button", { type: "button" }, label);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text());
      button.textContent = "Copied";
    } catch {
      // Only pages over https or on this machine may write to the clipboard.
      button.textContent = "Not allowed here";
    }
    setTimeout(() => (button.textContent = label), 1500);
  });
  return button;
}

// Schemas

const refName = (ref) => ref.split("/").pop();
const deref = (thing) => (thing?.$ref ? thing.$ref.slice(2).split("/").reduce((at, key) => at?.[key], api) ?? {} : (thing ?? {}));
const types = (schema) => [schema.type ?? []].flat();
const isNull = (schema) => types(schema).join() === "null";
const nullLast = (a, b) => (a === "null") - (b === "null");
const variants = (schema) => schema.oneOf ?? schema.anyOf;

/** The one schema behind `T | null`. */
function core(schema) {
  const rest = (variants(schema) ?? []).filter((one) => !isNull(one));
  if (rest.length === 1) return rest[0];
  if (!schema.$ref && schema.allOf?.length === 1) return schema.allOf[0];
  return schema;
}

function typeText(schema = {}) {
  if (schema.$ref) return refName(schema.$ref);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((word) => JSON.stringify(word)).join(" | ");
  const list = variants(schema);
  if (list) return [...new Set(list.map(typeText))].sort(nullLast).join(" | ");
  if (schema.allOf) return schema.allOf.map(typeText).join(" & ");
  const one = (type) => {
    if (type === "array") return `${typeText(schema.items)}[]`;
    if (type === "object" && schema.additionalProperties) return `map of ${typeText(schema.additionalProperties)}`;
    return schema.format && type !== "null" ? `${type} (${schema.format})` : type;
  };
  return types(schema).map(one).sort(nullLast).join(" | ") || "any";
}

/** Every property, those of `allOf` parts included. */
function properties(schema) {
  const parts = (schema.allOf ?? []).map((part) => properties(deref(part)));
  return {
    props: Object.assign({}, ...parts.map((part) => part.props), schema.properties),
    required: [...parts.flatMap((part) => part.required), ...(schema.required ?? [])],
  };
}

/** What lies one level below a schema: rows of `[name, schema, required]`. */
function below(schema) {
  const inner = deref(core(schema));
  if (inner.items && types(inner).includes("array")) return below(inner.items);
  if (inner.additionalProperties?.$ref || inner.additionalProperties?.properties) return below(inner.additionalProperties);
  const list = variants(inner)?.filter((one) => !isNull(one));
  if (list?.length > 1) return list.map((one) => ["", one, false]);
  const { props, required } = properties(inner);
  return Object.entries(props).map(([name, prop]) => [name, prop, required.includes(name)]);
}

function limits(schema) {
  const words = { minimum: "at least", maximum: "at most", minLength: "characters ≥", maxLength: "characters ≤", minItems: "items ≥", maxItems: "items ≤", pattern: "pattern", default: "default" };
  return Object.entries(words).filter(([key]) => schema[key] !== undefined && schema[key] !== null)
    .map(([key, word]) => `${word} ${typeof schema[key] === "string" ? schema[key] : JSON.stringify(schema[key])}`).join(", ");
}

/** The values and remarks shown under a row. */
function remark(schema) {
  const inner = deref(core(schema));
  const item = deref(core(inner.items ?? {}));
  const words = schema.enum ? null : (inner.enum ?? item.enum);
  const parts = [schema.description ?? inner.description, words && `One of: ${words.join(", ")}.`, limits({ ...inner, ...schema })];
  return parts.filter(Boolean).join(" ").replaceAll("\n", " ");
}

/** A list that builds each level when it is opened: schemas may refer to themselves. */
function tree(rows) {
  return el("ul", { className: "tree" }, rows.map(([name, schema, required]) => {
    const head = [el("span", { className: "prop" }, name), " ", el("span", { className: "type" }, typeText(schema)), required ? el("span", { className: "must" }, " required") : ""];
    const note = remark(schema);
    const text = note ? el("span", { className: "note" }, inline(note)) : "";
    const inside = below(schema);
    if (!inside.length) return el("li", {}, el("div", { className: "leaf" }, head), text);
    return el("li", {}, lazy(el("details", {}, el("summary", {}, head)), () => [tree(inside)]), text);
  }));
}

/** Fills a `details` the first time it opens. */
function lazy(details, build) {
  details.addEventListener("toggle", () => details.append(...build()), { once: true });
  return details;
}

function schemaView(schema) {
  const rows = below(schema);
  const note = remark(schema);
  return [el("p", {}, el("span", { className: "type" }, typeText(schema)), note ? el("span", { className: "note" }, inline(note)) : ""), rows.length ? tree(rows) : ""];
}

const SAMPLES = { uuid: "01939b2e-7c00-7000-8000-000000000001", "date-time": "2026-10-20T14:30:00Z", date: "2026-10-20", email: "ana@example.com", uri: "https://sat.example.com" };

function example(schema, depth = 0) {
  const inner = deref(core(schema ?? {}));
  for (const value of [schema?.example, schema?.examples?.[0], inner.example, inner.examples?.[0], inner.const, inner.default, inner.enum?.[0]]) {
    if (value !== undefined && value !== null) return value;
  }
  if (depth > 6) return null;
  if (variants(inner)) return example(variants(inner).find((one) => !isNull(one)), depth + 1);
  const type = types(inner).find((one) => one !== "null");
  if (type === "array") return [example(inner.items, depth + 1)];
  if (type === "boolean") return false;
  if (type === "integer" || type === "number") return inner.minimum ?? 0;
  if (type === "string") return SAMPLES[inner.format] ?? "text";
  const { props } = properties(inner);
  return Object.fromEntries(Object.entries(props).map(([name, prop]) => [name, example(prop, depth + 1)]));
}

// Operations

function operations() {
  return Object.entries(api.paths ?? {}).flatMap(([path, item]) => METHODS.filter((method) => item[method]).map((method) => {
    const op = item[method];
    const params = [...(item.parameters ?? []), ...(op.parameters ?? [])].map(deref);
    const tag = op.tags?.[0] ?? "other";
    const id = op.operationId ?? `${method}${path.replace(/\W+/g, "-")}`;
    return { id, tag, method: method.toUpperCase(), path, op, params, body: bodyOf(op), permission: permissionOf(op) };
  }));
}

function bodyOf(op) {
  const body = deref(op.requestBody);
  const [mime, media] = Object.entries(body.content ?? {})[0] ?? [];
  return mime ? { mime, schema: media.schema ?? {}, example: media.example, required: body.required, description: body.description } : null;
}

/** The permission an operation needs; `public` for the few that need nobody. */
function permissionOf(op) {
  const named = op["x-permission"] ?? [...new Set((op.security ?? []).flatMap((one) => Object.values(one).flat()))].join(", ");
  if (named) return String(named);
  const security = op.security ?? api.security ?? [];
  return security.some((one) => Object.keys(one).length) ? "signed in" : "public";
}

const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** What the form asks for, as parts of a request. */
function draft(entry, form) {
  const values = new FormData(form);
  // Below the path of the host that the document names, if it does.
  let path = (api.servers?.[0]?.url ?? "") + entry.path;
  const query = new URLSearchParams();
  for (const param of entry.params) {
    const value = String(values.get(`${param.in}:${param.name}`) ?? "");
    if (param.in === "path") path = path.replace(`{${param.name}}`, value ? encodeURIComponent(value) : `{${param.name}}`);
    else if (param.in === "query" && value) query.set(param.name, value);
  }
  const search = query.toString();
  return { path: search ? `${path}?${search}` : path, text: values.get("body"), file: values.get("file") };
}

function curl(entry, form) {
  const { path, text, file } = draft(entry, form);
  const lines = [`curl ${entry.method === "GET" ? "" : `--request ${entry.method} `}${quote(location.origin + path)}`];
  const byToken = entry.op.security?.some((one) => "token" in one);
  if (byToken) lines.push('--header "Authorization: Bearer $ESTEIRA_TOKEN"');
  else if (entry.permission !== "public") lines.push('--cookie "esteira_session=$ESTEIRA_SESSION"');
  // Without a token every change needs the header, also signing in.
  if (!byToken && entry.method !== "GET") lines.push("--header 'x-esteira-csrf: 1'");
  if (entry.body) {
    lines.push(`--header ${quote(`content-type: ${entry.body.mime}`)}`);
    lines.push(text === null ? `--data-binary ${quote(`@${file?.name || "file"}`)}` : `--data ${quote(text)}`);
  }
  return lines.join(" \\\n  ");
}

function input(entry, param) {
  const schema = deref(core(param.schema ?? {}));
  const name = `${param.in}:${param.name}`;
  const label = el("span", {}, el("span", { className: "mono" }, param.name), param.required ? el("span", { className: "must" }, " required") : "");
  const words = schema.enum ?? (types(schema).includes("boolean") ? ["true", "false"] : null);
  const control = words
    ? el("select", { name, required: param.required }, ["", ...words].map((word) => el("option", { value: word }, word || "(not sent)")))
    : el("input", { name, required: param.required, autocomplete: "off", spellcheck: false, placeholder: String(param.example ?? example(param.schema) ?? "") });
  return el("label", { className: "field" }, label, control);
}

function bodyField(entry) {
  if (!entry.body) return "";
  const name = `Body (${entry.body.mime})`;
  if (entry.body.mime !== JSON_MIME) return el("label", { className: "field" }, el("span", {}, name), el("input", { type: "file", name: "file" }));
  const text = JSON.stringify(entry.body.example ?? example(entry.body.schema), null, 2);
  return el("label", { className: "field" }, el("span", {}, name), el("textarea", { name: "body", rows: Math.min(18, text.split("\n").length + 1), spellcheck: false, value: text }));
}

function tryIt(entry) {
  const send = el("button", { className: "primary" }, `Send ${entry.method}`);
  const stop = el("button", { type: "button", hidden: true }, "Stop");
  const status = el("div", { role: "status", className: "row" });
  const result = el("div", { className: "result" });
  const inputs = entry.params.filter((param) => param.in === "path" || param.in === "query").map((param) => input(entry, param));
  const form = el("form", { className: "try", autocomplete: "off" }, inputs.length ? el("div", { className: "params" }, inputs) : "", bodyField(entry), el("div", { className: "row" }, send, stop), status, result);
  const example = el("pre", { tabIndex: 0 });
  const refresh = () => (example.textContent = curl(entry, form));
  form.addEventListener("input", refresh);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { path } = draft(entry, form);
    if (entry.method === "DELETE" && !confirm(`Send DELETE ${path}? What it names will be deleted.`)) return;
    const abort = new AbortController();
    stop.onclick = () => abort.abort();
    send.disabled = true;
    stop.hidden = false;
    status.replaceChildren("Sending…");
    result.replaceChildren();
    try {
      await perform(entry, form, abort.signal, status, result);
    } catch (error) {
      if (error.name === "AbortError") status.append(" Stopped.");
      else status.replaceChildren(el("span", { className: "error" }, `No answer: ${error.message}`));
    }
    send.disabled = false;
    stop.hidden = true;
  });
  refresh();
  return [
    block("curl", el("div", { className: "stack" }, example, el("div", { className: "row" }, copyButton("Copy", () => example.textContent)))),
    block("Try it", form),
  ];
}

async function perform(entry, form, signal, status, result) {
  const { path, text, file } = draft(entry, form);
  const headers = {};
  const token = $("credential").elements.credential.value === "token";
  if (token) headers.authorization = `Bearer ${$("token").value.trim()}`;
  else headers["x-esteira-csrf"] = "1";
  const body = text ?? (file?.size ? file : undefined);
  if (entry.body) headers["content-type"] = entry.body.mime;
  const started = performance.now();
  const response = await fetch(path, { method: entry.method, headers, body, signal, credentials: token ? "omit" : "same-origin", cache: "no-store", redirect: "manual" });
  const took = Math.round(performance.now() - started);
  status.replaceChildren(statusPill(response.status), `${response.statusText} in ${took} ms`);
  const lines = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
  result.append(el("details", {}, el("summary", {}, "Response headers"), el("pre", { tabIndex: 0 }, lines)));
  await showBody(response, result);
}

async function showBody(response, result) {
  const mime = (response.headers.get("content-type") ?? "").split(";")[0];
  const shown = el("pre", { tabIndex: 0 });
  if (mime === "text/event-stream") {
    // A stream has no end: show what comes until Stop is pressed.
    result.append(shown);
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) shown.append(decoder.decode(part.value, { stream: true }));
    return;
  }
  const blob = await response.blob();
  if (!blob.size) return result.append(el("p", { className: "muted" }, "The answer has no body."));
  if (!/json|^text\/(?!csv)/.test(mime)) {
    const link = el("a", { href: URL.createObjectURL(blob), download: "answer" }, "Save it");
    return result.append(el("p", {}, `${mime || "unknown type"}, ${blob.size} bytes. `, link));
  }
  const text = await blob.text();
  try {
    shown.textContent = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    shown.textContent = text;
  }
  result.append(shown, el("div", { className: "row" }, copyButton("Copy body", () => shown.textContent)));
}

function statusPill(code) {
  const kind = code >= 500 ? "fail" : code >= 400 ? "need" : code >= 200 ? "done" : "";
  return el("span", { className: `pill ${kind}` }, String(code));
}

function block(title, ...content) {
  return el("div", { className: "block" }, el("h4", {}, title), ...content);
}

function parameters(entry) {
  if (!entry.params.length) return "";
  const head = ["Name", "In", "Type", "Meaning"].map((word) => el("th", { scope: "col" }, word));
  const rows = entry.params.map((param) => el("tr", {},
    el("td", {}, el("span", { className: "prop" }, param.name), param.required ? el("span", { className: "must" }, " required") : ""),
    el("td", {}, param.in),
    el("td", {}, el("span", { className: "type" }, typeText(param.schema))),
    el("td", { className: "muted" }, inline([param.description, remark({ ...param.schema, description: param.description ? "" : param.schema?.description })].filter(Boolean).join(" ")))));
  return block("Parameters", el("table", { className: "cards" }, el("thead", {}, el("tr", {}, head)), el("tbody", {}, rows)));
}

function responses(entry) {
  const all = Object.entries(entry.op.responses ?? {}).map(([code, given]) => {
    const response = deref(given);
    const media = Object.entries(response.content ?? {});
    const kinds = media.map(([mime, { schema }]) => el("div", {}, el("span", { className: "mono muted" }, mime), schema && HAS_FORM.test(mime) ? schemaView(schema) : ""));
    const view = code < "300" ? kinds : kinds.length ? [lazy(el("details", {}, el("summary", {}, "Body")), () => kinds)] : [];
    return [code, el("div", { className: "answer" }, el("div", { className: "row" }, statusPill(Number(code)), el("span", { className: "muted" }, inline(response.description ?? ""))), view)];
  });
  const pick = (test) => all.filter(([code]) => test(code)).map(([, view]) => view);
  const bad = [...pick((code) => code >= "400"), ...usual(entry, all.map(([code]) => code))];
  return [block("Answer", ...pick((code) => code < "400")), bad.length ? block("Errors", ...bad) : ""];
}

/** Errors that follow from how a route is built and that its own list leaves out. */
function usual(entry, listed) {
  const unsafe = entry.method !== "GET";
  const named = entry.permission !== "public" && entry.permission !== "signed in";
  const queried = entry.params.some((param) => param.in === "query");
  const rules = {
    400: entry.body?.mime === JSON_MIME && "malformed_request",
    401: entry.permission !== "public" && "unauthenticated",
    403: [named && "forbidden", unsafe && "cross_site_request"].filter(Boolean).join(", "),
    404: entry.params.some((param) => param.in === "path") && "not_found",
    415: entry.body?.mime === JSON_MIME && "unsupported_media_type",
    422: (entry.body || queried) && "validation",
  };
  return Object.entries(rules).filter(([code, words]) => words && !listed.includes(code))
    .map(([code, words]) => el("div", { className: "row usual" }, statusPill(Number(code)), el("span", { className: "mono" }, words)));
}

function operation(entry) {
  const { op } = entry;
  const head = el("summary", {}, el("h3", {}, el("span", { className: "method" }, entry.method), el("span", { className: "path" }, entry.path), el("span", { className: "title" }, op.summary ?? "")), el("span", { className: "pill" }, entry.permission));
  const details = lazy(el("details", {}, head), () => [el("div", { className: "body" },
    op.description || op.deprecated ? el("div", { className: "prose" }, op.deprecated ? el("p", { className: "must" }, "Deprecated.") : "", prose(op.description)) : "",
    parameters(entry),
    entry.body ? block(`Request body, ${entry.body.mime}${entry.body.required ? "" : ", optional"}`, ...prose(entry.body.description), HAS_FORM.test(entry.body.mime) ? schemaView(entry.body.schema) : el("p", { className: "muted" }, "The file itself.")) : "",
    responses(entry),
    tryIt(entry))].flat());
  const words = [entry.method, entry.path, op.operationId, op.summary, op.description, entry.permission, entry.tag].join(" ").toLowerCase();
  return { entry, words, node: el("article", { className: "op card", id: entry.id }, details) };
}

/** Opens what the address names after `#`. */
function openNamed() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const details = named?.matches("details") ? named : named?.querySelector(":scope > details");
  if (!details) return;
  details.open = true;
  named.scrollIntoView();
}

function show() {
  $("version").textContent = api.info?.version ?? "";
  $("intro").replaceChildren(...prose(api.info?.description));
  const all = operations().map(operation);
  const sections = Object.entries(Object.groupBy(all, ({ entry }) => entry.tag)).map(([tag, list]) => {
    const about = api.tags?.find((one) => one.name === tag)?.description;
    const links = list.map((one) => el("li", {}, el("a", { href: `#${one.entry.id}` }, el("span", { className: "method" }, one.entry.method), el("span", {}, one.entry.op.summary ?? one.entry.path))));
    return {
      list: list.map((one, i) => ({ ...one, link: links[i] })),
      node: el("section", { className: "tag", "aria-label": tag }, el("h2", {}, tag), about ? el("div", { className: "prose" }, prose(about)) : "", list.map((one) => one.node)),
      toc: el("div", {}, el("h2", {}, tag), el("ul", {}, links)),
    };
  });
  $("operations").replaceChildren(...sections.map((section) => section.node));
  $("toc").replaceChildren(...sections.map((section) => section.toc));
  const schemas = Object.entries(api.components?.schemas ?? {}).sort(([a], [b]) => a.localeCompare(b));
  $("schema-list").replaceChildren(...schemas.map(([name, schema]) => lazy(el("details", { className: "schema card", id: `schema-${name}` }, el("summary", { className: "mono" }, name)), () => [el("div", { className: "body" }, el("div", {}, schemaView(schema)))])));
  $("schemas").hidden = !schemas.length;
  const filter = () => {
    const terms = $("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const section of sections) {
      let any = 0;
      for (const one of section.list) {
        const fits = terms.every((term) => one.words.includes(term));
        one.node.hidden = one.link.hidden = !fits;
        any += fits ? 1 : 0;
      }
      section.node.hidden = section.toc.hidden = !any;
      count += any;
    }
    $("matches").textContent = terms.length ? `${count} of ${all.length} operations` : `${all.length} operations`;
  };
  $("filter").addEventListener("input", filter);
  filter();
  openNamed();
}

addEventListener("hashchange", openNamed);
addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.target.closest?.("input, textarea, select")) {
    event.preventDefault();
    $("filter").focus();
  }
});
$("credential").addEventListener("submit", (event) => event.preventDefault());
$("credential").addEventListener("change", (event) => ($("token-field").hidden = event.currentTarget.elements.credential.value !== "token"));
const narrow = matchMedia("(max-width: 860px)");
const fold = () => ($("contents").open = !narrow.matches);
narrow.addEventListener("change", fold);
fold();

try {
  const response = await fetch(DOCUMENT, { credentials: "same-origin" });
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  api = await response.json();
  show();
} catch (error) {
  $("matches").classList.add("error");
  $("matches").textContent = `The document could not be shown: ${error.message}. Read it at ${DOCUMENT}.`;
}
