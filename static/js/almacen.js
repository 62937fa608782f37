// IndexedDB, a mano: tres cajones y transacciones que sólo se dan por hechas cuando ya están en el disco.

const NOMBRE = "jornada";

/**
 * Cada versión sólo agrega: una pestaña con el programa anterior sigue guardando en la base nueva, y un programa
 * anterior que vuelve la abre sin bajarla de versión. Lo pendiente nunca se mueve ni se reescribe.
 * @type {((bd: IDBDatabase, tx: IDBTransaction) => void)[]}
 */
const MIGRACIONES = [
  (bd) => {
    bd.createObjectStore("cola", { keyPath: "id" });
    bd.createObjectStore("paquete");
    bd.createObjectStore("ajustes");
  },
  (_bd, tx) => {
    const cola = tx.objectStore("cola");
    cola.createIndex("estado", "estado"); // contar sin leer cada sobre
    cola.createIndex("enviado_el", "enviado_el");
  },
];
const VERSION = MIGRACIONES.length;

/** @typedef {"cola" | "paquete" | "ajustes"} Cajon */

/** La base de este teléfono. Si otra pestaña o el sistema cierra la conexión, la siguiente vez se abre otra. */
export class Almacen {
  /** @type {Promise<IDBDatabase> | null} */ #abierta = null;

  /** @param {() => void} [alEsperar] otra ventana todavía no suelta la versión anterior; se sigue esperando */
  constructor(alEsperar = () => {}) {
    this.alEsperar = alEsperar;
  }

  /** @returns {Promise<IDBDatabase>} */
  conexion() {
    this.#abierta ??= this.#abrir().catch((error) => {
      this.#abierta = null;
      throw error;
    });
    return this.#abierta;
  }

  soltar() {
    this.#abierta = null;
  }

  async #abrir() {
    const bd = await abrirVersion(VERSION, this.alEsperar).catch((error) => {
      if (error?.name === "VersionError") return abrirVersion(undefined, this.alEsperar); // la base es más nueva
      throw error;
    });
    bd.onversionchange = () => {
      bd.close(); // otra pestaña trae una versión más nueva: se le deja pasar y aquí se vuelve a abrir
      this.soltar();
    };
    bd.onclose = () => this.soltar();
    return bd;
  }
}

/** @param {number | undefined} version @param {() => void} alEsperar @returns {Promise<IDBDatabase>} */
function abrirVersion(version, alEsperar) {
  return new Promise((listo, falla) => {
    const peticion = indexedDB.open(NOMBRE, version);
    peticion.onupgradeneeded = ({ oldVersion }) => {
      const tx = /** @type {IDBTransaction} */ (peticion.transaction);
      for (const migrar of MIGRACIONES.slice(oldVersion)) migrar(peticion.result, tx);
    };
    peticion.onsuccess = () => listo(peticion.result);
    peticion.onerror = () => falla(peticion.error);
    peticion.onblocked = alEsperar;
  });
}

/** @param {() => void} [alEsperar] @returns {Promise<Almacen>} ya abierta */
export async function abrir(alEsperar) {
  const almacen = new Almacen(alEsperar);
  await almacen.conexion();
  return almacen;
}

/**
 * Todo o nada. Se cumple al ``complete`` de la transacción (``durability: strict``), no antes.
 * @template T
 * @param {Almacen} almacen
 * @param {Cajon[]} cajones
 * @param {"readonly" | "readwrite"} modo
 * @param {(cajon: (nombre: Cajon) => IDBObjectStore) => Promise<T> | T} trabajo
 * @returns {Promise<T>}
 */
export async function transaccion(almacen, cajones, modo, trabajo) {
  const empezar = async () => (await almacen.conexion()).transaction(cajones, modo, { durability: "strict" });
  const tx = await empezar().catch(() => {
    almacen.soltar(); // la conexión ya estaba muerta (Safari la tira en segundo plano): nada empezó, se repite
    return empezar();
  });
  return new Promise((listo, falla) => {
    /** @type {T} */
    let resultado;
    /** @type {unknown} */
    let motivo = null;
    tx.oncomplete = () => listo(resultado);
    tx.onabort = () => falla(motivo ?? tx.error ?? new Error("No se pudo guardar en este teléfono."));
    (async () => trabajo((nombre) => tx.objectStore(nombre)))().then(
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

/** @param {Almacen} bd @param {"paquete" | "ajustes"} cajon @param {string} clave @returns {Promise<any>} */
export function leer(bd, cajon, clave) {
  return transaccion(bd, [cajon], "readonly", (de) => pedir(de(cajon).get(clave)));
}

/** @param {Almacen} bd @param {"paquete" | "ajustes"} cajon @param {string} clave @param {unknown} valor */
export function escribir(bd, cajon, clave, valor) {
  return transaccion(bd, [cajon], "readwrite", async (en) => {
    await pedir(en(cajon).put(valor, clave));
  });
}
