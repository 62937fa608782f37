// Las funciones de fechas, y los tipos que se leen aparte: hora, ubicación, código y orden. Trae también raras.js.

import "./raras.js";
import { DIA, aNumero, aTexto, desfase, dias, evaluar, leer, raras, recortar } from "../expresiones.js";
import { LARGO, corto, decimal, enUnaLinea, lectores, lectoresDeVarios, no } from "./lectura.js";

/** @typedef {import("../expresiones.js").Valor} Valor */

const MESES = "ene feb mar abr may jun jul ago sep oct nov dic".split(" ");
const DIAS = "dom lun mar mié jue vie sáb".split(" ");

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

/** @type {typeof raras} */
const funciones = {
  date: ([, a], contexto) => {
    const m = momento(evaluar(a, contexto));
    return m ? new Date(m.dia * DIA).toISOString().slice(0, 10) : "";
  },
  "decimal-date-time": ([, a], contexto) => {
    const x = evaluar(a, contexto);
    if (typeof x === "number") return x;
    return typeof x === "boolean" ? NaN : dias(recortar(aTexto(x)), desfase(contexto.ahora.slice(-6)));
  },
  "format-date": ([, a, b], contexto) => formatear(evaluar(a, contexto), b),
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
