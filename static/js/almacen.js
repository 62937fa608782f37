// IndexedDB, a mano: tres cajones y transacciones que sólo se dan por hechas cuando ya están en el disco.

const NOMBRE = "jornada";
const VERSION = 1;

/** @typedef {"cola" | "paquete" | "ajustes"} Cajon */

/** @returns {Promise<IDBDatabase>} */
export function abrir() {
  return new Promise((listo, falla) => {
    const peticion = indexedDB.open(NOMBRE, VERSION);
    peticion.onupgradeneeded = () => {
      const bd = peticion.result;
      bd.createObjectStore("cola", { keyPath: "id" });
      bd.createObjectStore("paquete");
      bd.createObjectStore("ajustes");
    };
    peticion.onsuccess = () => {
      const bd = peticion.result;
      bd.onversionchange = () => bd.close(); // otra pestaña trae una versión más nueva
      listo(bd);
    };
    peticion.onerror = () => falla(peticion.error);
    peticion.onblocked = () => falla(new Error("Cierre las otras ventanas de la aplicación y vuelva a abrirla."));
  });
}

/**
 * Todo o nada. Se cumple al ``complete`` de la transacción (``durability: strict``), no antes.
 * @template T
 * @param {IDBDatabase} bd
 * @param {Cajon[]} cajones
 * @param {"readonly" | "readwrite"} modo
 * @param {(cajon: (nombre: Cajon) => IDBObjectStore) => Promise<T> | T} trabajo
 * @returns {Promise<T>}
 */
export function transaccion(bd, cajones, modo, trabajo) {
  return new Promise((listo, falla) => {
    const tx = bd.transaction(cajones, modo, { durability: "strict" });
    /** @type {T} */
    let resultado;
    /** @type {unknown} */
    let motivo = null;
    tx.oncomplete = () => listo(resultado);
    tx.onabort = () => falla(motivo ?? tx.error ?? new Error("No se pudo guardar en este teléfono."));
    Promise.resolve(trabajo((nombre) => tx.objectStore(nombre))).then(
      (valor) => {
        resultado = valor;
      },
      (error) => {
        motivo = error;
        try {
          tx.abort();
        } catch {
          falla(error); // ya había terminado
        }
      },
    );
  });
}

/**
 * @template T
 * @param {IDBRequest<T>} peticion
 * @returns {Promise<T>}
 */
export function pedir(peticion) {
  return new Promise((listo, falla) => {
    peticion.onsuccess = () => listo(peticion.result);
    peticion.onerror = () => falla(peticion.error);
  });
}

/** @param {IDBDatabase} bd @param {"paquete" | "ajustes"} cajon @param {string} clave @returns {Promise<any>} */
export function leer(bd, cajon, clave) {
  return transaccion(bd, [cajon], "readonly", (de) => pedir(de(cajon).get(clave)));
}

/** @param {IDBDatabase} bd @param {"paquete" | "ajustes"} cajon @param {string} clave @param {unknown} valor */
export function escribir(bd, cajon, clave, valor) {
  return transaccion(bd, [cajon], "readwrite", async (en) => {
    await pedir(en(cajon).put(valor, clave));
  });
}

/** Borra todo lo que este teléfono guarda (sólo cuando ya no hay nada pendiente). @param {IDBDatabase} bd */
export function vaciar(bd) {
  return transaccion(bd, ["cola", "paquete", "ajustes"], "readwrite", async (en) => {
    for (const cajon of /** @type {Cajon[]} */ (["cola", "paquete", "ajustes"])) await pedir(en(cajon).clear());
  });
}
