// El valor de una expresión de un formulario, a partir del árbol que hizo formularios/expresiones/ en Python.
// Aquí no se analiza nada: los dos lados evalúan el mismo árbol y los vectores compartidos exigen que coincidan.

/** @typedef {string | number | boolean | string[]} Valor */
/** @typedef {string | number | any[]} Arbol */
/**
 * @typedef {object} Contexto
 * @property {(nombre: string) => string[]} valores lo que se ve desde aquí (la vuelta propia de la repetición)
 * @property {(nombre: string) => string[]} todos todas las respuestas, en orden
 * @property {string} actual «.»
 * @property {string} ahora AAAA-MM-DDThh:mm:ss.sss±hh:mm, en la zona del aparato
 * @property {number} posicion desde 1
 * @property {string} una_vez lo que ya valía; vacío la primera vez
 * @property {(pregunta: string, clave: string) => string} etiqueta
 */

const NUMERO = /^-?(\d+(\.\d*)?|\.\d+)$/;
const FECHA =
  /^(\d{4})-(\d\d)-(\d\d)(T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d+))?)?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)?)?$/;
export const DIA = 864e5;

/** @param {string} texto */
export const recortar = (texto) => texto.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
/** @param {Valor} valor @returns {(string | number | boolean)[]} */
const lista = (valor) => (Array.isArray(valor) ? valor : [valor]);

/** @param {Valor} valor */
export function aTexto(valor) {
  if (Array.isArray(valor)) return valor[0] ?? "";
  if (typeof valor !== "number" || !Number.isFinite(valor)) return String(valor);
  if (!valor) return "0";
  const [signo, digitos, exponente] = partes(valor);
  const faltan = exponente - digitos.length + 1;
  if (faltan >= 0) return signo + digitos + "0".repeat(faltan);
  if (exponente < 0) return `${signo}0.${"0".repeat(-exponente - 1)}${digitos}`;
  return `${signo}${digitos.slice(0, exponente + 1)}.${digitos.slice(exponente + 1)}`;
}

/** @param {Valor} valor @param {number} [minutos] desfase del aparato, para una hora sin zona */
export function aNumero(valor, minutos = 0) {
  if (typeof valor === "number" || typeof valor === "boolean") return Number(valor);
  const texto = recortar(aTexto(valor));
  return NUMERO.test(texto) ? Number(texto) : dias(texto, minutos);
}

/** @param {Valor} valor */
export function aBooleano(valor) {
  return Array.isArray(valor) ? valor.some(Boolean) : Boolean(valor);
}

/** Signo, dígitos que distinguen al número y exponente del primero. @param {number} n @returns {[string, string, number]} */
export function partes(n) {
  const [mantisa, exponente] = Math.abs(n).toExponential().split("e");
  return [n < 0 ? "-" : "", mantisa.replace(".", ""), Number(exponente)];
}

/** @param {string} zona */
export const desfase = (zona) =>
  zona === "Z" ? 0 : (Number(zona.slice(1, 3)) * 60 + Number(zona.slice(4))) * (zona[0] === "-" ? -1 : 1);

/** @param {string} texto */
export function leer(texto) {
  const halla = FECHA.exec(texto);
  if (!halla) return null;
  const [anio, mes, diaDelMes] = halla.slice(1, 4).map(Number);
  const fecha = new Date(0);
  fecha.setUTCFullYear(anio, mes - 1, diaDelMes);
  if (!anio || fecha.getUTCMonth() !== mes - 1 || fecha.getUTCDate() !== diaDelMes) return null;
  const dia = fecha.getTime() / DIA;
  if (!halla[4]) return { dia, ms: 0, zona: "", conHora: false };
  const segundos = Number(halla[5]) * 3600 + Number(halla[6]) * 60 + Number(halla[7] ?? 0);
  const milesimas = Number(`${halla[8] ?? ""}000`.slice(0, 3));
  return { dia, ms: segundos * 1000 + milesimas, zona: halla[9] ?? "", conHora: true };
}

/** @param {string} texto @param {number} minutos */
export function dias(texto, minutos) {
  const m = leer(texto);
  if (!m) return NaN;
  if (!m.conHora) return m.dia;
  return (m.dia * DIA + m.ms - (m.zona ? desfase(m.zona) : minutos) * 6e4) / DIA;
}

/** Las que casi nadie usa: las pone encuesta/raras.js, que sólo viaja cuando una encuesta las pide.
 * @type {Record<string, (arbol: any[], contexto: Contexto) => Valor>} */
export const raras = {};

/** @param {Arbol} arbol @param {Contexto} contexto @returns {Valor} */
export function evaluar(arbol, contexto) {
  if (!Array.isArray(arbol)) return arbol;
  const [op, a, b, c] = arbol;
  const minutos = () => desfase(contexto.ahora.slice(-6));
  const v = (/** @type {Arbol} */ x) => evaluar(x, contexto);
  const t = (/** @type {Arbol} */ x) => aTexto(v(x));
  const aNum = (/** @type {Valor} */ x) => aNumero(x, minutos());
  const n = (/** @type {Arbol} */ x) => aNum(v(x));
  const verdad = (/** @type {Arbol} */ x) => aBooleano(v(x));
  const sueltos = () => arbol.slice(1).flatMap((x) => lista(v(x)));
  const opciones = () => t(a).split(/[ \t\r\n]+/).filter(Boolean);

  const compara = () => {
    let [x, y] = [v(a), v(b)];
    const deOrden = op[0] === "<" || op[0] === ">";
    const conBooleano = typeof x === "boolean" || typeof y === "boolean";
    if (conBooleano && (!deOrden || Array.isArray(x) || Array.isArray(y))) [x, y] = [aBooleano(x), aBooleano(y)];
    const numeros = deOrden || typeof x === "number" || typeof y === "number";
    const [xs, ys] = [x, y].map((z) => (numeros ? lista(z).map(aNum) : lista(z)));
    return xs.some((i) =>
      ys.some((j) => {
        if (op === "=") return i === j;
        if (op === "!=") return i !== j;
        if (op === "<") return i < j;
        if (op === "<=") return i <= j;
        return op === ">" ? i > j : i >= j;
      }),
    );
  };

  switch (op) {
    case "$":
      return contexto.valores(a);
    case "$$":
      return contexto.todos(a);
    case ".":
      return [contexto.actual];
    case "or":
      return arbol.slice(1).some(verdad);
    case "and":
      return arbol.slice(1).every(verdad);
    case "=":
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=":
      return compara();
    case "+":
      return arbol.slice(1).map(n).reduce((x, y) => x + y);
    case "-":
      return n(a) - n(b);
    case "*":
      return n(a) * n(b);
    case "div":
      return n(a) / n(b);
    case "mod":
      return n(a) % n(b);
    case "neg":
      return -n(a);
    case "coalesce":
      return t(a) || t(b);
    case "concat":
      return sueltos().map(aTexto).join("");
    case "contains":
      return t(a).includes(t(b));
    case "count":
      return sueltos().length;
    case "count-selected":
      return opciones().length;
    case "if":
      return v(verdad(a) ? b : c);
    case "int":
      return Math.trunc(n(a));
    case "jr:choice-name":
      return contexto.etiqueta(b, t(a));
    case "not":
      return !verdad(a);
    case "now":
      return contexto.ahora;
    case "number":
      return n(a);
    case "once":
      return contexto.una_vez || t(a);
    case "position":
      return contexto.posicion;
    case "selected": {
      const valor = recortar(t(b));
      return valor ? opciones().includes(valor) : !opciones().length;
    }
    case "starts-with":
      return t(a).startsWith(t(b));
    case "string":
      return t(a);
    case "string-length":
      return [...t(a)].length;
    case "sum":
      return sueltos().map(aNum).reduce((x, y) => x + y, 0);
    case "today":
      return contexto.ahora.slice(0, 10);
    default: // true, false y las raras
      return op in raras ? raras[op](arbol, contexto) : op === "true";
  }
}

/** @param {Arbol} arbol @param {Contexto} contexto */
export function esVerdadera(arbol, contexto) {
  return aBooleano(evaluar(arbol, contexto));
}
