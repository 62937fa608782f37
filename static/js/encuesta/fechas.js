// Las funciones de fechas, que pocas encuestas usan.

import { DIA, aNumero, aTexto, desfase, dias, evaluar, leer, raras, recortar } from "../expresiones.js";

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
