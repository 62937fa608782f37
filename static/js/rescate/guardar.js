// Lo que otro teléfono entregó entra a la cola de éste con su autor y su firma, y se manda con lo demás. Nada se
// escribe encima: el que ya estaba se queda, y uno distinto con el mismo número se guarda aparte, a la vista.

import { pedir, transaccion } from "../almacen.js";
import { los } from "../cola.js";
import { soltarReserva } from "../espacio.js";
import { loQueViaja } from "../protocolo.js";

/** @typedef {import("../almacen.js").Almacen} Almacen */
/** @typedef {import("./carga.js").Viajero} Viajero */
/** @typedef {{nuevos: number, estaban: number, distintos: number, malos: number}} Balance */

const UUID4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const BASE64 = /^[\w-]{100,}$/;
const MAX_LETRAS = 200_000;
const DE_UN_GOLPE = 200;
const APARTE = "aparte:";

/**
 * Un registro ajeno como se guarda aquí. Sin firma no se le inventa una: la oficina lo aparta y la titular decide.
 * @param {any} ajeno
 * @returns {Required<Viajero> | null} nulo si no puede ser un registro
 */
export function admitir(ajeno) {
  const { id, sobre, dispositivo, firma } = ajeno ?? {};
  if (typeof id !== "string" || !UUID4.test(id) || typeof sobre !== "string" || !BASE64.test(sobre)) return null;
  if (JSON.stringify(ajeno).length > MAX_LETRAS) return null;
  const texto = (/** @type {unknown} */ valor) => (typeof valor === "string" && valor ? valor : "no-consta");
  return { ...loQueViaja(ajeno), id, sobre, dispositivo: texto(dispositivo), firma: texto(firma) };
}

/**
 * @param {Almacen} bd
 * @param {unknown[]} ajenos
 * @returns {Promise<Balance>}
 */
export async function recibir(bd, ajenos) {
  const buenos = ajenos.map(admitir).filter((registro) => registro !== null);
  const balance = { nuevos: 0, estaban: 0, distintos: 0, malos: ajenos.length - buenos.length };
  for (let i = 0; i < buenos.length; i += DE_UN_GOLPE) {
    const golpe = buenos.slice(i, i + DE_UN_GOLPE);
    const suyo = await meter(bd, golpe).catch(async (error) => {
      if (!(error instanceof DOMException) || error.name !== "QuotaExceededError") throw error;
      await soltarReserva();
      return meter(bd, golpe);
    });
    for (const clave of /** @type {const} */ (["nuevos", "estaban", "distintos"])) balance[clave] += suyo[clave];
  }
  return balance;
}

/** @param {Almacen} bd @param {Required<Viajero>[]} registros */
function meter(bd, registros) {
  return transaccion(bd, ["cola", "ajustes"], "readwrite", async (en) => {
    const balance = { nuevos: 0, estaban: 0, distintos: 0 };
    for (const registro of registros) {
      /** @type {EnCola | undefined} */
      const previo = await pedir(en("cola").get(registro.id));
      if (!previo) {
        await pedir(en("cola").add({ ...registro, evento: "", estado: "guardado", intentos: 0 }));
        balance.nuevos += 1;
      } else if (previo.sobre === registro.sobre && previo.firma === registro.firma) {
        balance.estaban += 1;
      } else {
        const clave = `${APARTE}${registro.id}:${registro.firma}:${registro.sobre.slice(-64)}`;
        if (await pedir(en("ajustes").getKey(clave))) {
          balance.estaban += 1;
        } else {
          await pedir(en("ajustes").add(registro, clave));
          balance.distintos += 1;
        }
      }
    }
    return balance;
  });
}

/** Los guardados aparte por traer el número de otro. @param {Almacen} bd @returns {Promise<Viajero[]>} */
export function aparte(bd) {
  return transaccion(bd, ["ajustes"], "readonly", (de) => pedir(de("ajustes").getAll(IDBKeyRange.bound(APARTE, `${APARTE}\uffff`))));
}

/**
 * Lo que se lleva un archivo de rescate: lo que falta por enviar, lo apartado y, si se pide, lo ya enviado.
 * @param {Almacen} bd @param {boolean} [tambienEnviado] @returns {Promise<Viajero[]>}
 */
export async function paraArchivo(bd, tambienEnviado = false) {
  /** @type {EnCola["estado"][]} */
  const estados = ["guardado", "apartado", ...(tambienEnviado ? /** @type {const} */ (["enviado"]) : [])];
  const registros = (await Promise.all(estados.map((estado) => los(bd, estado)))).flat();
  return [...registros.sort(porId).map(loQueViaja), ...(await aparte(bd))];
}

/** Lo que se pasa por códigos: lo que nadie ha acusado. @param {Almacen} bd @returns {Promise<Viajero[]>} */
export async function paraPasar(bd) {
  return (await los(bd, "guardado")).sort(porId).map(loQueViaja);
}

/** El orden no dice nada, y siempre es el mismo. @param {EnCola} a @param {EnCola} b */
const porId = (a, b) => (a.id < b.id ? -1 : 1);
