// Las funciones y los tipos que pocas encuestas usan: fechas con formato, patrones, redondeo, letras; hora y ubicación.
// Sin este módulo lo demás vale igual; formularios/reglas_vivas.py sabe cuáles son y escoge el guion que los trae.

import { DIA, aNumero, aTexto, desfase, dias, evaluar, leer, partes, raras, recortar } from "../expresiones.js";
import { LARGO, corto, decimal, enUnaLinea, lectores, lectoresDeVarios, no } from "./lectura.js";

/** @typedef {import("../expresiones.js").Valor} Valor */
/** @typedef {import("../expresiones.js").Arbol} Arbol */
/** @typedef {import("../expresiones.js").Contexto} Contexto */

const MESES = "ene feb mar abr may jun jul ago sep oct nov dic".split(" ");
const DIAS = "dom lun mar mié jue vie sáb".split(" ");
const LETRAS = 1000; // de un texto que se compara con un patrón

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

/** Lo que vale cada rama. @param {Contexto} contexto */
function ramas(contexto) {
  const minutos = desfase(contexto.ahora.slice(-6));
  const v = (/** @type {Arbol} */ x) => evaluar(x, contexto);
  const t = (/** @type {Arbol} */ x) => aTexto(v(x));
  const n = (/** @type {Arbol} */ x) => aNumero(v(x), minutos);
  return { v, t, n, minutos };
}

/** El mayor o el menor; NaN si algo no es número. @param {any[]} arbol @param {Contexto} contexto */
function extremo([op, ...cuales], contexto) {
  const { v, minutos } = ramas(contexto);
  let mejor = NaN;
  for (const [i, x] of cuales.flatMap(v).map((y) => aNumero(y, minutos)).entries()) {
    if (Number.isNaN(x)) return x;
    if (!i || (op === "max" ? x > mejor : x < mejor)) mejor = x;
  }
  return mejor;
}

/** Un lugar en un texto; negativo, desde el final. @param {number} n @param {number} largo */
function indice(n, largo) {
  const i = Math.trunc(n) || 0;
  return Math.max(0, Math.min(largo, i < 0 ? i + largo : i));
}

/** @type {typeof raras} */
const funciones = {
  "boolean-from-string": ([, a], contexto) => ["true", "1"].includes(ramas(contexto).t(a)),
  date: ([, a], contexto) => {
    const m = momento(evaluar(a, contexto));
    return m ? new Date(m.dia * DIA).toISOString().slice(0, 10) : "";
  },
  "decimal-date-time": ([, a], contexto) => {
    const { v, minutos } = ramas(contexto);
    const x = v(a);
    if (typeof x === "number") return x;
    return typeof x === "boolean" ? NaN : dias(recortar(aTexto(x)), minutos);
  },
  "format-date": ([, a, b], contexto) => formatear(evaluar(a, contexto), b),
  max: extremo,
  min: extremo,
  regex: ([, a, b], contexto) => casa(b, ramas(contexto).t(a)),
  round: ([, a, b], contexto) => {
    const { n } = ramas(contexto);
    return redondear(n(a), b === undefined ? 0 : Math.max(-400, Math.min(400, Math.trunc(n(b)))));
  },
  "selected-at": ([, a, b], contexto) => {
    const { n, t } = ramas(contexto);
    return t(a).split(/[ \t\r\n]+/).filter(Boolean)[Math.trunc(n(b))] ?? "";
  },
  substr: ([, a, b, c], contexto) => {
    const { n, t } = ramas(contexto);
    const letras = [...t(a)];
    return letras.slice(indice(n(b), letras.length), c === undefined ? letras.length : indice(n(c), letras.length)).join("");
  },
};
Object.assign(raras, funciones);

// --- De lo que se escribió

const HORA = /^([01]?\d|2[0-3])[:.]([0-5]\d)(:[0-5]\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/;

/** @param {string} escrito */
function hora(escrito) {
  const partes = HORA.exec(escrito) ?? no("Escriba la hora de 0 a 24, como 09:30 o 16:45.");
  return `${partes[1].padStart(2, "0")}:${partes[2]}`;
}

/** Los teléfonos dan más cifras de las que significan algo: seis decimales son 10 cm. @param {string} escrito */
function punto(escrito) {
  const partes = escrito.replaceAll(",", " ").split(" ").filter(Boolean);
  try {
    const numeros = partes.map((parte) => decimal(parte.replace(/(\.\d{6})\d+$/, "$1")));
    const [latitud, longitud] = numeros.map((numero) => Math.abs(Number(numero)));
    if (numeros.length >= 2 && numeros.length <= 4 && latitud <= 90 && longitud <= 180) return numeros.join(" ");
  } catch {
    // se dice igual
  }
  return no("Esa ubicación no se entiende. Tómela de nuevo o déjela vacía.");
}

/** @param {string[]} crudo @param {() => import("./lectura.js").Opcion[]} opciones */
function orden(crudo, opciones) {
  const llenas = crudo.filter(Boolean);
  const claves = llenas.length ? opciones().map(({ clave }) => clave) : [];
  if (llenas.length !== claves.length || claves.some((clave) => !llenas.includes(clave))) {
    no("Ponga cada opción en un lugar, sin repetir ninguna.");
  }
  return llenas;
}

Object.assign(lectores, { hora, punto });
Object.assign(lectoresDeVarios, { orden, codigo: (/** @type {string[]} */ [escrito = ""]) => corto(enUnaLinea(escrito), LARGO) });
