// La cola: lo primero que pasa con un registro es que queda aquí, sellado. Sale sólo con un acuse de su id.

import { pedir, transaccion } from "./almacen.js";

const DIAS_QUE_SE_CONSERVA = 30;

/**
 * Guarda un registro ya sellado y, en la misma transacción, lo que suma a la cuenta visible del evento.
 * Guardar dos veces el mismo id es guardarlo una.
 * @param {IDBDatabase} bd
 * @param {{id: string, sobre: string, evento: string}} registro
 * @param {{personas?: number, celda?: string | null, paso?: string | null}} [suma] ``paso``: huella de la credencial
 * @returns {Promise<boolean>} si era nuevo
 */
export function guardar(bd, { id, sobre, evento }, { personas = 0, celda = null, paso = null } = {}) {
  return transaccion(bd, ["cola", "ajustes"], "readwrite", async (en) => {
    if (await pedir(en("cola").get(id))) return false;
    /** @type {EnCola} */
    const nuevo = { id, sobre, evento, estado: "guardado", intentos: 0 };
    await pedir(en("cola").add(nuevo));
    if (personas) await sumar(en("ajustes"), evento, personas, celda);
    if (paso) await pedir(en("ajustes").put(1, clavePaso(evento, paso)));
    return true;
  });
}

/** @param {IDBObjectStore} ajustes @param {string} evento @param {number} personas @param {string | null} celda */
async function sumar(ajustes, evento, personas, celda) {
  /** @type {Cuenta} */
  const cuenta = (await pedir(ajustes.get(`cuenta:${evento}`))) ?? { total: 0, celdas: {} };
  cuenta.total = Math.max(0, cuenta.total + personas);
  if (celda) cuenta.celdas[celda] = Math.max(0, (cuenta.celdas[celda] ?? 0) + personas);
  await pedir(ajustes.put(cuenta, `cuenta:${evento}`));
}

/** @param {string} evento @param {string} paso */
const clavePaso = (evento, paso) => `paso:${evento}:${paso}`;

/** ¿Esta credencial ya pasó por este teléfono en este evento? @param {IDBDatabase} bd @param {string} evento @param {string} paso */
export function yaPaso(bd, evento, paso) {
  return transaccion(bd, ["ajustes"], "readonly", async (de) => Boolean(await pedir(de("ajustes").get(clavePaso(evento, paso)))));
}

/** Al deshacer una credencial se puede volver a pasar. @param {IDBDatabase} bd @param {string} evento @param {string} paso */
export function olvidarPaso(bd, evento, paso) {
  return transaccion(bd, ["ajustes"], "readwrite", async (en) => {
    await pedir(en("ajustes").delete(clavePaso(evento, paso)));
  });
}

/** @param {IDBDatabase} bd @param {string} evento @returns {Promise<Cuenta>} */
export function cuenta(bd, evento) {
  return transaccion(bd, ["ajustes"], "readonly", async (de) => {
    return (await pedir(de("ajustes").get(`cuenta:${evento}`))) ?? { total: 0, celdas: {} };
  });
}

/** @param {IDBDatabase} bd @returns {Promise<EnCola[]>} */
export function todos(bd) {
  return transaccion(bd, ["cola"], "readonly", (de) => pedir(de("cola").getAll()));
}

/** @param {IDBDatabase} bd @returns {Promise<EnCola[]>} */
export async function pendientes(bd) {
  return (await todos(bd)).filter(({ estado }) => estado === "guardado");
}

/** @param {IDBDatabase} bd @returns {Promise<Record<EnCola["estado"], number>>} */
export async function resumen(bd) {
  const cuantos = { guardado: 0, enviado: 0, apartado: 0 };
  for (const { estado } of await todos(bd)) cuantos[estado] += 1;
  return cuantos;
}

/**
 * Asienta lo que dijo el servidor, id por id. Lo que no viene en ``destinos`` no se toca.
 * @param {IDBDatabase} bd
 * @param {Map<string, Destino>} destinos
 * @param {string} dia AAAA-MM-DD
 */
export function asentar(bd, destinos, dia) {
  return transaccion(bd, ["cola"], "readwrite", async (en) => {
    for (const [id, destino] of destinos) {
      /** @type {EnCola | undefined} */
      const registro = await pedir(en("cola").get(id));
      if (registro) await pedir(en("cola").put({ ...registro, ...destino, intentos: registro.intentos + 1, enviado_el: dia }));
    }
  });
}

/**
 * El servidor volvió de un respaldo (otra época): lo ya enviado se vuelve a ofrecer; allá se reconoce por su id.
 * @param {IDBDatabase} bd
 */
export function volverAOfrecer(bd) {
  return cambiar(bd, (registro) => (registro.estado === "enviado" ? { ...registro, estado: "guardado" } : registro));
}

/** Reintentar a mano lo apartado. @param {IDBDatabase} bd @param {string} id */
export function reintentar(bd, id) {
  return cambiar(bd, (registro) => (registro.id === id ? { ...registro, estado: "guardado", mensaje: null } : registro));
}

/**
 * Lo enviado se borra a los treinta días de su acuse. Nada más se borra nunca.
 * @param {IDBDatabase} bd
 * @param {Date} hoy
 */
export function borrarViejos(bd, hoy) {
  const limite = new Date(hoy.getTime() - DIAS_QUE_SE_CONSERVA * 86_400_000).toISOString().slice(0, 10);
  return cambiar(bd, (registro) =>
    registro.estado === "enviado" && (registro.enviado_el ?? "9") < limite ? null : registro,
  );
}

/**
 * @param {IDBDatabase} bd
 * @param {(registro: EnCola) => EnCola | null} cambio nulo: borrar
 */
function cambiar(bd, cambio) {
  return transaccion(bd, ["cola"], "readwrite", async (en) => {
    /** @type {EnCola[]} */
    const registros = await pedir(en("cola").getAll());
    for (const registro of registros) {
      const nuevo = cambio(registro);
      if (nuevo === null) await pedir(en("cola").delete(registro.id));
      else if (nuevo !== registro) await pedir(en("cola").put(nuevo));
    }
  });
}
