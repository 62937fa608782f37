// De lo que se escribió a su forma canónica: gemelo de formularios/valores.py, con sus mismas frases.

/** @typedef {string | string[]} Valor */
/** @typedef {{clave: string, texto: string, exclusiva?: boolean, datos?: Record<string, string>}} Opcion */
/** @typedef {{t: string, l?: number, i?: string[]}} Tipo lo que hace falta de una pregunta para leerla */

const OPCION = "Elija una de las opciones de la lista.";
const UNA_SOLA = "Elija una sola respuesta.";
export const LARGO = 200;

const ENTERO = /^[+-]?\d{1,15}$/;
const DECIMAL = /^[+-]?(\d{1,12}(\.\d{0,6})?|\.\d{1,6})$/;

/** Lo que no se pudo leer, con la frase para quien contesta. */
export class Ilegible extends Error {}

/** @param {string} frase @returns {never} */
export function no(frase) {
  throw new Ilegible(frase);
}

/** @param {string} texto */
function limpiar(texto) {
  return texto.replace(/\r\n?/g, "\n").normalize("NFC").replace(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}]/gu, "").trim();
}

/** @param {string} texto */
export function enUnaLinea(texto) {
  return limpiar(texto.replace(/\t/g, " ")).replace(/\s+/g, " ");
}

/** @param {string} texto @param {number} maximo */
export function corto(texto, maximo) {
  const sobran = [...texto].length - maximo;
  if (sobran > 0) no(`Caben ${maximo} letras y ${sobran === 1 ? "sobra 1" : `sobran ${sobran}`}. Acorte el texto.`);
  return texto;
}

/** Sin ceros de sobra, sin más y sin menos cero. @param {string} escrito */
export function decimal(escrito) {
  const limpio = escrito.replaceAll("−", "-");
  if (!DECIMAL.test(limpio)) no("Escriba solo el número, con punto para los decimales y sin comas. Por ejemplo: 12.5.");
  const [entero, fraccion = ""] = limpio.replace(/^[+-]/, "").split(".");
  const cifras = fraccion.replace(/0+$/, "");
  const texto = (entero.replace(/^0+/, "") || "0") + (cifras && `.${cifras}`);
  return limpio[0] === "-" && texto !== "0" ? `-${texto}` : texto;
}

/** Un decimal sin exponente como entero de millonésimas (o más chico). @param {string} texto @param {number} lugares */
function enteros(texto, lugares) {
  const [entero, fraccion = ""] = texto.split(".");
  return BigInt(entero + fraccion.padEnd(lugares, "0"));
}

/** @param {string[]} limites @param {string} valor */
function enRango([inicio, fin, paso, frase], valor) {
  const lugares = Math.max(...[inicio, fin, paso, valor].map((texto) => texto.split(".")[1]?.length ?? 0));
  const [desde, hasta, cada, este] = [inicio, fin, paso, valor].map((texto) => enteros(texto, lugares));
  if (este < desde || este > hasta || (este - desde) % cada) no(frase);
  return valor;
}

/** @param {string} escrito */
function fecha(escrito) {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(escrito)?.slice(1);
  const nuestra = /^(\d{1,2})[/\-. ](\d{1,2})[/\-. ](\d{4})$/.exec(escrito)?.slice(1).reverse();
  const [anio, mes, dia] = (iso ?? nuestra ?? ["0", "0", "0"]).map(Number);
  const hecha = new Date(0);
  hecha.setUTCFullYear(anio, mes - 1, dia);
  if (!anio || hecha.getUTCMonth() !== mes - 1) no("Escriba una fecha que exista, como 23/11/2026 (día, mes y año).");
  return hecha.toISOString().slice(0, 10);
}

/** De una respuesta escrita, según su tipo. Los demás los pone tipos.js.
 * @type {Record<string, (escrito: string, pregunta: Tipo) => string>} */
export const lectores = {
  entero(escrito) {
    const limpio = escrito.replaceAll("−", "-");
    if (!ENTERO.test(limpio)) no("Escriba solo el número, sin letras, comas ni decimales. Por ejemplo: 12.");
    return String(Number(limpio));
  },
  decimal,
  rango: (escrito, { i }) => enRango(/** @type {string[]} */ (i), decimal(escrito)),
  fecha,
  acepto: (escrito) => (escrito === "OK" ? escrito : no(OPCION)),
};

/** De un orden, sus opciones; de un código, el texto. Los ponen leer_orden.js y tipos.js.
 * @type {Record<string, (crudo: string[], opciones: () => Opcion[]) => Valor>} */
export const lectoresDeVarios = {};

/** @param {string[]} elegidas @param {Opcion[]} opciones */
function varias(elegidas, opciones) {
  const marcadas = elegidas.map((clave) => opciones.find((opcion) => opcion.clave === clave) ?? no(OPCION));
  const sola = marcadas.find((opcion) => opcion.exclusiva);
  if (sola && marcadas.length > 1) no(`Marcó «${sola.texto}» junto con otra. Deje solo una de las dos cosas.`);
  return elegidas;
}

/** La forma canónica de lo que llegó; vacía si no se contestó.
 * @param {Tipo} pregunta @param {() => Opcion[]} opciones las que se le ofrecían, ya filtradas
 * @param {string[]} crudo @returns {Valor} */
export function leer(pregunta, opciones, crudo) {
  if (pregunta.t === "texto") return corto(limpiar(crudo[0] ?? ""), pregunta.l ?? LARGO);
  const deVarios = lectoresDeVarios[pregunta.t];
  if (deVarios) return deVarios(crudo, opciones);
  const llenas = crudo.filter(Boolean);
  const elegidas = [...new Set(llenas)];
  if (pregunta.t === "una") {
    if (elegidas.length > 1) no(UNA_SOLA);
    if (elegidas.length && opciones().every(({ clave }) => clave !== elegidas[0])) no(OPCION);
    return elegidas[0] ?? "";
  }
  if (pregunta.t === "varias") return varias(elegidas, elegidas.length ? opciones() : []);
  const escritas = elegidas.map(enUnaLinea).filter(Boolean);
  if (escritas.length > 1) no(UNA_SOLA);
  return escritas.length ? (lectores[pregunta.t] ?? String)(escritas[0], pregunta) : "";
}
