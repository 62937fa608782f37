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
const DIA = 864e5;
const MESES = "ene feb mar abr may jun jul ago sep oct nov dic".split(" ");
const DIAS = "dom lun mar mié jue vie sáb".split(" ");
const LETRAS = 1000; // de un texto que se compara con un patrón

/** @param {string} texto */
const recortar = (texto) => texto.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
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
function partes(n) {
  const [mantisa, exponente] = Math.abs(n).toExponential().split("e");
  return [n < 0 ? "-" : "", mantisa.replace(".", ""), Number(exponente)];
}

/** @param {string} zona */
const desfase = (zona) =>
  zona === "Z" ? 0 : (Number(zona.slice(1, 3)) * 60 + Number(zona.slice(4))) * (zona[0] === "-" ? -1 : 1);

/** @param {string} texto */
function leer(texto) {
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
function dias(texto, minutos) {
  const m = leer(texto);
  if (!m) return NaN;
  if (!m.conHora) return m.dia;
  return (m.dia * DIA + m.ms - (m.zona ? desfase(m.zona) : minutos) * 6e4) / DIA;
}

/** El día de una fecha escrita o de un número de días. @param {Valor} valor */
function momento(valor) {
  if (typeof valor === "boolean") return null;
  const escrita = typeof valor === "number" ? null : leer(recortar(aTexto(valor)));
  const numero = escrita ? 0 : aNumero(valor);
  return escrita ?? (numero >= -719162 && numero < 2932897 ? { dia: Math.floor(numero), ms: 0 } : null);
}

/** @param {Valor} valor @param {string} formato */
function formatear(valor, formato) {
  const m = momento(valor);
  if (!m) return "";
  const fecha = new Date(m.dia * DIA + m.ms);
  const [anio, mes, dia, hora, minuto, segundo, milesimas] = fecha.toISOString().split(/[-T:.Z]/);
  /** @type {Record<string, string>} */
  const piezas = {
    Y: anio,
    y: anio.slice(2),
    m: mes,
    n: String(Number(mes)),
    b: MESES[Number(mes) - 1],
    d: dia,
    e: String(Number(dia)),
    a: DIAS[fecha.getUTCDay()],
    H: hora,
    h: String(Number(hora)),
    M: minuto,
    S: segundo,
    3: milesimas,
    "%": "%",
  };
  return formato.replace(/%([^])/g, (_, que) => piezas[que]);
}

/** Al múltiplo de 10^-lugares más cercano; a la mitad, el mayor. @param {number} numero @param {number} lugares */
function redondear(numero, lugares) {
  if (!numero || !Number.isFinite(numero)) return numero;
  if (Number.isNaN(lugares)) return NaN;
  const [signo, digitos, exponente] = partes(numero);
  const quedan = exponente + 1 + lugares;
  if (quedan >= digitos.length) return numero;
  const resto = quedan >= 0 ? digitos.slice(quedan) : "";
  const sube = signo ? resto > "5" : resto >= "5";
  const entero = BigInt(digitos.slice(0, Math.max(quedan, 0)) || "0") + BigInt(sube);
  return Number(`${signo}${entero}e${-lugares}`);
}

/** @param {(string | number)[][]} programa @param {string} texto */
function casa(programa, texto) {
  const letras = [...texto];
  if (letras.length > LETRAS) return false;
  /** @param {number} i */
  const dePalabra = (i) => /^\w$/.test(letras[i] ?? "");
  /** @type {number[]} */
  let siguientes = [];
  for (let i = 0; i <= letras.length; i++) {
    const letra = letras[i]?.codePointAt(0) ?? -1;
    const pendientes = [0, ...siguientes];
    const vistas = new Set();
    siguientes = [];
    while (pendientes.length) {
      const aqui = /** @type {number} */ (pendientes.pop());
      if (vistas.has(aqui)) continue;
      vistas.add(aqui);
      const [que, ...datos] = /** @type {[string, ...number[]]} */ (programa[aqui]);
      if (que === "m") return true;
      if (que === "j") pendientes.push(...datos);
      else if (que === "c") {
        if (datos.some((desde, k) => k % 2 === 0 && desde <= letra && letra <= datos[k + 1])) siguientes.push(aqui + 1);
      } else if (
        que === "^" ? i === 0 : que === "$" ? i === letras.length : (dePalabra(i - 1) !== dePalabra(i)) === (que === "b")
      ) {
        pendientes.push(aqui + 1);
      }
    }
  }
  return false;
}

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
  const extremo = () => {
    let mejor = NaN;
    for (const [i, x] of sueltos().map(aNum).entries()) {
      if (Number.isNaN(x)) return x;
      if (!i || (op === "max" ? x > mejor : x < mejor)) mejor = x;
    }
    return mejor;
  };
  const indice = (/** @type {Arbol} */ x, /** @type {number} */ largo) => {
    const i = Math.trunc(n(x)) || 0;
    return Math.max(0, Math.min(largo, i < 0 ? i + largo : i));
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
    case "boolean-from-string":
      return ["true", "1"].includes(t(a));
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
    case "date": {
      const m = momento(v(a));
      return m ? new Date(m.dia * DIA).toISOString().slice(0, 10) : "";
    }
    case "decimal-date-time": {
      const x = v(a);
      if (typeof x === "number") return x;
      return typeof x === "boolean" ? NaN : dias(recortar(aTexto(x)), minutos());
    }
    case "format-date":
      return formatear(v(a), b);
    case "if":
      return v(verdad(a) ? b : c);
    case "int":
      return Math.trunc(n(a));
    case "jr:choice-name":
      return contexto.etiqueta(b, t(a));
    case "max":
    case "min":
      return extremo();
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
    case "regex":
      return casa(b, t(a));
    case "round":
      return redondear(n(a), b === undefined ? 0 : Math.max(-400, Math.min(400, Math.trunc(n(b)))));
    case "selected": {
      const valor = recortar(t(b));
      return valor ? opciones().includes(valor) : !opciones().length;
    }
    case "selected-at":
      return opciones()[Math.trunc(n(b))] ?? "";
    case "starts-with":
      return t(a).startsWith(t(b));
    case "string":
      return t(a);
    case "string-length":
      return [...t(a)].length;
    case "substr": {
      const letras = [...t(a)];
      return letras.slice(indice(b, letras.length), c === undefined ? letras.length : indice(c, letras.length)).join("");
    }
    case "sum":
      return sueltos().map(aNum).reduce((x, y) => x + y, 0);
    case "today":
      return contexto.ahora.slice(0, 10);
    default: // true y false
      return op === "true";
  }
}

/** @param {Arbol} arbol @param {Contexto} contexto */
export function esVerdadera(arbol, contexto) {
  return aBooleano(evaluar(arbol, contexto));
}
