// Defectos plantados a propósito: los que tienen otros sistemas y los que éste tuvo. Cada uno tiene que saltar, y por
// donde se espera (``da``).
import { escribir, leer, pedir, transaccion } from "../../../static/js/almacen.js";
import { guardar, los, todos } from "../../../static/js/cola.js";

/** @typedef {import("../../../static/js/sincronizar.js").Puertos} Puertos */
/** @typedef {import("./telefono.mjs").Pestana} Pestana */

const DIA = 86_400_000;
const JSON_ = "application/json";

/** @param {Pestana} tab @param {string[]} ids */
const borrar = (tab, ids) =>
  transaccion(tab.almacen, ["cola"], "readwrite", async (en) => {
    for (const id of ids) await pedir(en("cola").delete(id));
  });

/** @param {Pestana} tab @param {EnCola["estado"][]} estados */
const reofrecer = (tab, estados) =>
  transaccion(tab.almacen, ["cola"], "readwrite", async (en) => {
    for (const r of await pedir(en("cola").getAll())) {
      if (estados.includes(r.estado)) await pedir(en("cola").put({ ...r, estado: "guardado" }));
    }
  });

/** Contesta como si el servidor hubiera aceptado todo. @param {string} cuerpo @param {string} epoca */
const todoAceptado = (cuerpo, epoca = "e1") => {
  const acuses = JSON.parse(cuerpo).registros.map((/** @type {{id: string}} */ { id }) => ({ id, estado: "aceptado" }));
  return { estado: 200, tipo: JSON_, cuerpo: JSON.stringify({ version: 1, epoca, hora_servidor: null, acuses }) };
};

/** @param {Puertos} p @param {(cuerpo: string, r: import("../../../static/js/sincronizar.js").Respuesta) => any} cambiar @returns {Puertos} */
const alContestar = (p, cambiar) => ({ ...p, mandar: async (cuerpo) => cambiar(cuerpo, await p.mandar(cuerpo)) });

/** @param {Puertos} p @param {(registros: any[]) => any[]} cambiar @returns {Puertos} */
const alMandar = (p, cambiar) => ({
  ...p,
  mandar: (cuerpo) => {
    const lote = JSON.parse(cuerpo);
    return p.mandar(JSON.stringify({ ...lote, registros: cambiar(lote.registros) }));
  },
});

let sal = 0;

/** @type {import("./mundo.mjs").Defecto[]} */
export const DEFECTOS = [
  {
    nombre: "saca de la cola antes de mandar",
    da: "perdidas",
    puertos: (p, tab) => ({ ...p, marcar: (/** @type {string[]} */ ids) => borrar(tab, ids) }),
  },
  {
    nombre: "cualquier 200 es un acuse",
    da: "perdidas",
    puertos: (p) => alContestar(p, (cuerpo, r) => (r.estado === 200 ? todoAceptado(cuerpo) : r)),
  },
  {
    nombre: "un 401 o un 500 son éxito: hubo respuesta",
    da: "perdidas",
    puertos: (p) => alContestar(p, (cuerpo, r) => (r.estado === 401 || r.estado === 500 ? todoAceptado(cuerpo) : r)),
  },
  {
    nombre: "sin respuesta se supone que llegó",
    da: "perdidas",
    puertos: (p) => alContestar(p, (cuerpo, r) => (r.estado === 0 ? todoAceptado(cuerpo) : r)),
  },
  {
    nombre: "el acuse se lee por posición y no por id",
    da: "perdidas",
    puertos: (p) =>
      alContestar(p, (cuerpo, r) => {
        if (r.estado !== 200 || r.tipo !== JSON_ || !r.cuerpo.endsWith("}")) return r;
        const [{ registros }, dicho] = [JSON.parse(cuerpo), JSON.parse(r.cuerpo)];
        dicho.acuses?.forEach((/** @type {any} */ a, /** @type {number} */ i) => registros[i] && (a.id = registros[i].id));
        return { ...r, cuerpo: JSON.stringify(dicho) };
      }),
  },
  { nombre: "cada envío lleva otro id", da: "dobles", puertos: (p) => alMandar(p, (rs) => rs.map((r) => ({ ...r, id: `${r.id}-${sal++}` }))) },
  { nombre: "cada envío se vuelve a sellar", da: "dobles", puertos: (p) => alMandar(p, (rs) => rs.map((r) => ({ ...r, sobre: `${r.sobre}${sal++}` }))) },
  { nombre: "el segundo toque es otra persona", da: "dobles", guardar: (/** @type {any} */ bd, /** @type {any} */ r) => guardar(bd, { ...r, id: `${r.id}-${sal++}` }) },
  {
    nombre: "dice «Guardado» antes de que esté en el disco",
    da: "perdidas",
    guardar: async (/** @type {any} */ bd, /** @type {any} */ r) => void guardar(bd, r).catch(() => {}),
  },
  {
    nombre: "lo pendiente caduca a los siete días",
    da: "perdidas",
    puertos: (p, tab) => ({
      ...p,
      pendientes: async () => {
        const nacio = (tab.aparato.nacio ??= new Map());
        const hora = tab.aparato.mundo.servidor.hora;
        const viejos = (await los(tab.almacen, "guardado")).filter(({ id }) => {
          if (!nacio.has(id)) nacio.set(id, hora);
          return hora - nacio.get(id) > 7 * DIA;
        });
        await borrar(tab, viejos.map(({ id }) => id));
        return p.pendientes();
      },
    }),
  },
  {
    nombre: "lo entregado se borra con el acuse",
    da: "perdidas",
    puertos: (p, tab) => ({
      ...p,
      asentar: async (/** @type {Map<string, Destino>} */ destinos, /** @type {any} */ dicho) => {
        const otra = await p.asentar(destinos, dicho);
        await borrar(tab, [...destinos].filter(([, d]) => d.estado === "enviado").map(([id]) => id));
        return otra;
      },
    }),
  },
  {
    nombre: "no nota que el servidor volvió de un respaldo",
    da: "perdidas",
    puertos: (p) => ({ ...p, asentar: (/** @type {any} */ destinos, /** @type {any} */ dicho) => p.asentar(destinos, { ...dicho, epoca: null }) }),
  },
  {
    nombre: "anota la época nueva en una transacción y vuelve a ofrecer en otra",
    da: "perdidas",
    puertos: (p, tab) => ({
      ...p,
      asentar: async (/** @type {any} */ destinos, /** @type {any} */ dicho) => {
        const antes = await leer(tab.almacen, "ajustes", "epoca");
        await p.asentar(destinos, { ...dicho, epoca: null });
        if (!dicho.epoca || antes === dicho.epoca) return false;
        await escribir(tab.almacen, "ajustes", "epoca", dicho.epoca);
        if (antes) await reofrecer(tab, ["enviado", "apartado"]);
        return Boolean(antes);
      },
    }),
  },
  {
    nombre: "tras un respaldo sólo se ofrece lo que decía enviado, no lo apartado",
    da: "perdidas",
    puertos: (p, tab) => ({
      ...p,
      pendientes: async () => (await p.pendientes()).filter((/** @type {EnCola} */ { estado }) => estado === "guardado"),
      asentar: async (/** @type {any} */ destinos, /** @type {any} */ dicho) => {
        const antes = (await leer(tab.almacen, "ajustes", "epoca")) ?? null;
        const otra = antes !== null && dicho.epoca && antes !== dicho.epoca;
        if (otra) await reofrecer(tab, ["enviado"]);
        if (dicho.epoca) await escribir(tab.almacen, "ajustes", "epoca", dicho.epoca);
        await p.asentar(destinos, { ...dicho, epoca: null });
        return otra;
      },
    }),
  },
  {
    nombre: "lo apartado no se vuelve a ofrecer nunca",
    da: "males",
    puertos: (p) => ({
      ...p,
      pendientes: async () => (await p.pendientes()).filter((/** @type {EnCola} */ { estado }) => estado === "guardado"),
    }),
  },
  {
    nombre: "con la cola vacía no pregunta si el servidor es el mismo",
    da: "perdidas",
    puertos: (p) => ({ ...p, tocaSaludar: async () => false }),
  },
  {
    nombre: "el reloj del teléfono decide qué ya es viejo",
    da: "perdidas",
    puertos: (p, tab) => ({
      ...p,
      pendientes: async () => {
        const limite = new Date(tab.aparato.reloj() - 30 * DIA).toISOString().slice(0, 10);
        const viejos = (await todos(tab.almacen)).filter(({ estado, enviado_el = "9" }) => estado === "enviado" && enviado_el < limite);
        await borrar(tab, viejos.map(({ id }) => id));
        return p.pendientes();
      },
    }),
  },
  { nombre: "dos pestañas mandan a la vez", da: "males", sinCandado: true },
];
