// La cola: lo primero que pasa con un registro es que queda aquí, sellado. Sale sólo con un acuse de su id.

import { pedir, transaccion } from "./almacen.js";
import { soltarReserva } from "./espacio.js";

/** @typedef {import("./almacen.js").Almacen} Almacen */

const DIAS_QUE_SE_CONSERVA = 30;

/**
 * Guarda un registro ya sellado y, en la misma transacción, lo que suma a la cuenta visible del evento.
 * Guardar dos veces el mismo id es guardarlo una. Lo que el registro traiga de más viaja con él.
 * @param {Almacen} bd
 * @param {Pick<EnCola, "id" | "sobre" | "evento">} registro
 * @param {{personas?: number, celda?: string | null, paso?: string | null, suelta?: string | null}} [suma]
 *   ``paso``: huella de la credencial que pasa; ``suelta``: la que al deshacer puede volver a pasar
 * @returns {Promise<boolean>} si era nuevo
 */
export async function guardar(bd, registro, suma) {
  try {
    return await meter(bd, registro, suma);
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== "QuotaExceededError") throw error;
    await soltarReserva(); // para esto se apartó
    return meter(bd, registro, suma);
  }
}

/** @param {Parameters<typeof guardar>} _ @returns {Promise<boolean>} */
function meter(...[bd, registro, { personas = 0, celda = null, paso = null, suelta = null } = {}]) {
  const { id, evento } = registro;
  return transaccion(bd, ["cola", "ajustes"], "readwrite", async (en) => {
    if (await pedir(en("cola").getKey(id))) return false;
    /** @type {EnCola} */
    const nuevo = { ...registro, estado: "guardado", intentos: 0 };
    await pedir(en("cola").add(nuevo));
    if (personas) await sumar(en("ajustes"), evento, personas, celda);
    if (paso) await pedir(en("ajustes").put(1, clavePaso(evento, paso)));
    if (suelta) await pedir(en("ajustes").delete(clavePaso(evento, suelta)));
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

/**
 * Lo que se contaba de eventos que ya no están en el paquete no se queda en el teléfono.
 * @param {Almacen} bd @param {string[]} eventos los que siguen
 */
export function olvidarCuentas(bd, eventos) {
  const siguen = new Set(eventos);
  return transaccion(bd, ["ajustes"], "readwrite", async (en) => {
    for (const clave of await pedir(en("ajustes").getAllKeys())) {
      const [que, evento] = String(clave).split(":");
      if ((que === "paso" || que === "cuenta") && evento && !siguen.has(evento)) await pedir(en("ajustes").delete(clave));
    }
  });
}

/** @param {string} evento @param {string} paso */
const clavePaso = (evento, paso) => `paso:${evento}:${paso}`;

/** ¿Esta credencial ya pasó por este teléfono en este evento? @param {Almacen} bd @param {string} evento @param {string} paso */
export function yaPaso(bd, evento, paso) {
  return transaccion(bd, ["ajustes"], "readonly", async (de) => Boolean(await pedir(de("ajustes").get(clavePaso(evento, paso)))));
}

/** @param {Almacen} bd @param {string} evento @returns {Promise<Cuenta>} */
export function cuenta(bd, evento) {
  return transaccion(bd, ["ajustes"], "readonly", async (de) => {
    return (await pedir(de("ajustes").get(`cuenta:${evento}`))) ?? { total: 0, celdas: {} };
  });
}

/** @param {Almacen} bd @returns {Promise<EnCola[]>} */
export function todos(bd) {
  return transaccion(bd, ["cola"], "readonly", (de) => pedir(de("cola").getAll()));
}

/** @param {Almacen} bd @param {EnCola["estado"]} estado @returns {Promise<EnCola[]>} */
export function los(bd, estado) {
  return transaccion(bd, ["cola"], "readonly", (de) => pedir(de("cola").index("estado").getAll(estado)));
}

/** @param {Almacen} bd @returns {Promise<Record<EnCola["estado"], number>>} */
export function resumen(bd) {
  return transaccion(bd, ["cola"], "readonly", async (de) => {
    const cuantos = (/** @type {EnCola["estado"]} */ estado) => pedir(de("cola").index("estado").count(estado));
    return { guardado: await cuantos("guardado"), enviado: await cuantos("enviado"), apartado: await cuantos("apartado") };
  });
}

/**
 * Lo que toca mandar: lo guardado, primero lo menos intentado para que uno malo no estorbe a los demás; y una vez
 * al día lo apartado, por si la oficina ya lo resolvió o ya lo puede recibir.
 * @param {Almacen} bd
 * @param {string} hoy AAAA-MM-DD en este teléfono
 */
export async function pendientes(bd, hoy) {
  const guardados = (await los(bd, "guardado")).sort((a, b) => a.intentos - b.intentos);
  return [...guardados, ...(await los(bd, "apartado")).filter(({ enviado_el }) => enviado_el !== hoy)];
}

/**
 * Antes de mandar se anota el intento: si el teléfono muere a medio envío, lo que queda en disco dice «pudo haber
 * llegado» y se vuelve a mandar igual. Nunca se supone que llegó.
 * @param {Almacen} bd
 * @param {string[]} ids
 */
export function marcar(bd, ids) {
  return transaccion(bd, ["cola"], "readwrite", async (en) => {
    for (const id of ids) {
      /** @type {EnCola | undefined} */
      const registro = await pedir(en("cola").get(id));
      if (registro) await pedir(en("cola").put({ ...registro, intentos: registro.intentos + 1 }));
    }
  });
}

/**
 * @typedef {object} Dicho lo que se supo en una respuesta
 * @property {string | null} epoca la del servidor
 * @property {string | null} diaServidor AAAA-MM-DD
 * @property {string} dia el de este teléfono
 */

/**
 * Asienta, en una sola transacción, lo que dijo el servidor: si es otra época, lo que ya se había entregado se vuelve
 * a ofrecer (allá se reconoce por su id); luego, id por id, lo de este acuse; y se borra lo entregado hace más de
 * treinta días por los dos relojes. Lo que no viene en ``destinos`` no se toca. Nada más se borra nunca.
 * @param {Almacen} bd
 * @param {Map<string, Destino>} destinos
 * @param {Dicho} dicho
 * @returns {Promise<boolean>} si el servidor es de otra época
 */
export function asentar(bd, destinos, { epoca, diaServidor, dia }) {
  return transaccion(bd, ["cola", "ajustes"], "readwrite", async (en) => {
    const antes = (await pedir(en("ajustes").get("epoca"))) ?? null;
    const otra = epoca !== null && antes !== null && antes !== epoca;
    if (otra) await volverAOfrecer(en("cola"));
    if (epoca !== null && epoca !== antes) await pedir(en("ajustes").put(epoca, "epoca"));
    if (diaServidor) await pedir(en("ajustes").put(dia, "visto_el"));
    for (const [id, destino] of destinos) await aplicar(en("cola"), id, destino, dia, diaServidor ?? dia);
    if (diaServidor) await borrarViejos(en("cola"), dia < diaServidor ? dia : diaServidor);
    return otra;
  });
}

/** @param {IDBObjectStore} cola @param {string} id @param {Destino} destino @param {string} dia @param {string} diaServidor */
async function aplicar(cola, id, destino, dia, diaServidor) {
  /** @type {EnCola | undefined} */
  const registro = await pedir(cola.get(id));
  if (!registro || registro.estado === "enviado") return; // lo entregado ya está entregado
  const enviado_el = destino.estado === "enviado" ? diaServidor : dia; // lo apartado se cuenta por días de aquí
  const intentos = destino.estado === "enviado" ? 0 : registro.intentos;
  await pedir(cola.put({ ...registro, ...destino, intentos, enviado_el }));
}

/** Todo lo que el servidor tuvo, también lo que apartó: su cuarentena volvió al respaldo igual. @param {IDBObjectStore} cola */
async function volverAOfrecer(cola) {
  for (const estado of ["enviado", "apartado"]) {
    /** @type {EnCola[]} */
    const registros = await pedir(cola.index("estado").getAll(estado));
    for (const { enviado_el: _, ...registro } of registros) await pedir(cola.put({ ...registro, estado: "guardado", intentos: 0 }));
  }
}

/** @param {IDBObjectStore} cola @param {string} hoy */
async function borrarViejos(cola, hoy) {
  const limite = new Date(Date.parse(hoy) - DIAS_QUE_SE_CONSERVA * 86_400_000).toISOString().slice(0, 10);
  /** @type {EnCola[]} */
  const viejos = await pedir(cola.index("enviado_el").getAll(IDBKeyRange.upperBound(limite, true)));
  for (const { id, estado } of viejos) if (estado === "enviado") await pedir(cola.delete(id));
}

/**
 * Con todo entregado, una vez al día se pregunta al servidor si sigue siendo el mismo: así se sabe de un respaldo
 * aunque no haya nada que mandar.
 * @param {Almacen} bd @param {string} hoy @returns {Promise<boolean>}
 */
export async function tocaSaludar(bd, hoy) {
  const { enviado, apartado } = await resumen(bd);
  const visto = await transaccion(bd, ["ajustes"], "readonly", (de) => pedir(de("ajustes").get("visto_el")));
  return enviado + apartado > 0 && visto !== hoy;
}

/** Reintentar a mano lo apartado. @param {Almacen} bd @param {string} id */
export function reintentar(bd, id) {
  return transaccion(bd, ["cola"], "readwrite", async (en) => {
    /** @type {EnCola | undefined} */
    const registro = await pedir(en("cola").get(id));
    if (registro?.estado !== "apartado") return;
    const { enviado_el: _, ...resto } = registro;
    await pedir(en("cola").put({ ...resto, estado: "guardado", intentos: 0, mensaje: null }));
  });
}
