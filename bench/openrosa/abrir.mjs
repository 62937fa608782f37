// Abre XForms con @getodk/xforms-engine, el motor de ODK Web Forms, como lo haría su página: los lee, hace una instancia
// nueva y cuenta lo que se puede contestar. Uso: node abrir.mjs CARPETA_CON_XML. Lo demás lo hace ../openrosa_web.py.
import { readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { JSDOM } from "jsdom";

const motor = import.meta.resolve("@getodk/xforms-engine");
globalThis.__dirname = dirname(fileURLToPath(motor)); // su analizador de expresiones busca ahí su WebAssembly
const { window } = new JSDOM("");
for (const clase of ["DOMParser", "Node", "Element", "Document", "XMLDocument", "Attr", "Text", "CDATASection", "Comment",
  "ProcessingInstruction", "XMLSerializer", "XPathResult", "XPathEvaluator", "NodeFilter", "DocumentFragment"]) {
  globalThis[clase] = window[clase];
}
globalThis.window = window;
globalThis.document = window.document;
const { loadForm } = await import(motor);

const carpeta = process.argv[2];
for (const archivo of readdirSync(carpeta).filter((nombre) => nombre.endsWith(".xml"))) {
  const dicho = { archivo, campos: 0, falla: null };
  try {
    const forma = await loadForm(readFileSync(`${carpeta}/${archivo}`, "utf8"), {
      fetchFormAttachment: () => Promise.reject(new Error("no debe pedir nada más")),
    });
    if (forma.status === "failure") throw forma.error;
    const contar = (nodo) =>
      (nodo.currentState.children ?? []).reduce((suma, hijo) => suma + contar(hijo), 0) +
      (["input", "select", "rank", "range", "trigger"].includes(nodo.nodeType) ? 1 : 0);
    dicho.campos = contar(forma.createInstance().root);
  } catch (error) {
    dicho.falla = String(error?.message ?? error).replaceAll(/\s+/g, " ").slice(0, 300);
  }
  console.log(JSON.stringify(dicho));
}
