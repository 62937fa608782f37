import { decir } from "../barra.js";
import { boton, h, haceCuanto, plural } from "../dom.js";
import { probarCamara, probarLector } from "../escaner.js";
import { sellar } from "../sellado.js";
import { traer } from "../sincronizar.js";
import { campoNombre, formularioDeAlta, valor } from "./alta.js";

/** @typedef {import("../telefono.js").Telefono} Telefono */

/** Lo más que se espera a que la aplicación acabe de guardarse. */
const GUARDANDOSE_MS = 60_000;

/** Dejar listo el teléfono antes de salir, y comprobar que de verdad lo está. @param {Telefono} telefono */
export async function pantallaPreparar(telefono) {
  const cuerpo = h("div", null);
  const alta = formularioDeAlta(telefono, pintar);
  /** @param {boolean} [otraVez] darlo de alta aunque ya tenga permiso */
  async function pintar(otraVez = false) {
    const listo = telefono.token && !otraVez;
    cuerpo.replaceChildren(...(listo ? await preparado(telefono, pintar) : await porEntrar(telefono, alta.nodos, () => pintar(otraVez))));
  }
  await pintar();
  const nodos = [h("h1", null, "Preparar este teléfono"), cuerpo];
  return { titulo: "Jornada", atras: telefono.listo ? "#/" : null, nodos, alSalir: alta.cerrar };
}

/**
 * Sin permiso: con el código de la titular o, la segunda manera, con usuario y contraseña.
 * @param {Telefono} telefono @param {HTMLElement[]} conCodigo @param {() => Promise<void>} pintar
 */
async function porEntrar(telefono, conCodigo, pintar) {
  const { estado, datos } = await traer("/api/v1/dispositivo", null);
  const guardados = telefono.resumen.guardado;
  const quedan = guardados ? h("p", { class: "nota" }, `${plural(guardados, "registro")} por enviar siguen en este teléfono.`) : "";
  if (estado === 200 && datos) {
    const nombre = campoNombre(`Teléfono de ${datos.nombre}`);
    const dar = boton("Usar este teléfono", "boton boton-fuerte", async () => {
      const problema = (await telefono.darDeAlta(valor(nombre), datos.csrf)) || (await telefono.descargar());
      if (problema) decir("mal", problema);
      await pintar();
    });
    return [
      quedan,
      h("p", null, `Hola, ${datos.nombre}. Póngale un nombre al teléfono para reconocerlo en la oficina.`),
      nombre,
      dar,
    ];
  }
  if (estado === 0) {
    return [
      quedan,
      h("p", null, "No hay señal. La primera vez se necesita para entrar y descargar los eventos."),
      boton("Reintentar", "boton boton-fuerte", pintar),
    ];
  }
  return [
    quedan,
    ...conCodigo,
    h("p", { class: "al-pie" }, "¿La titular no está? Entre con su usuario y su contraseña; se pide una vez."),
    h("a", { class: "boton", href: "/campo/entrar" }, "Entrar con usuario"),
  ];
}

/** @param {Telefono} telefono @param {(otraVez?: boolean) => Promise<void>} pintar */
async function preparado(telefono, pintar) {
  const lista = h("ul", { class: "revision" });
  const descargar = boton(telefono.listo ? "Descargar otra vez" : "Descargar", "boton boton-fuerte", async () => {
    const problema = await telefono.descargar();
    await pintar();
    if (problema) decir("mal", problema);
    else decir("bien", "Listo: se descargó lo de estos días.");
  });
  if (telefono.envio && telefono.envio !== "enviando" && telefono.envio.motivo === "entrar") {
    return [
      h("p", { class: "nota" }, "La oficina pide entrar otra vez con este teléfono. Sus registros siguen guardados aquí."),
      boton("Entrar otra vez", "boton boton-fuerte", async () => (await telefono.olvidarLlave(), pintar())),
    ];
  }
  if (telefono.deBaja) {
    return [
      h(
        "div",
        { class: "nota" },
        h("p", null, h("strong", null, "La oficina dio de baja este teléfono.")),
        h("p", null, "No se perdió nada. Puede seguir registrando: se guarda aquí, se envía y la titular decide si se cuenta."),
        h("p", null, "Para que vuelva a contarse solo, pídale un código nuevo."),
      ),
      boton("Agregarlo con un código nuevo", "boton boton-fuerte", () => pintar(true)),
      h("a", { class: "boton", href: "#/" }, "Ir a los eventos"),
    ];
  }
  if (!telefono.listo) return [h("p", null, "Descargue los eventos, las encuestas y la lista de credenciales."), descargar];
  const probar = boton("Probar este teléfono", "boton", async () => {
    lista.replaceChildren(h("li", null, "Probando… Con poca señal tarda."));
    lista.replaceChildren(...(await revisar(telefono)).map(renglon));
  });
  return [
    h("p", { class: "resumen-descarga" }, resumir(telefono)),
    descargar,
    probar,
    lista,
    h("a", { class: "boton", href: "#/" }, "Ir a los eventos"),
    h("p", { class: "al-pie" }, h("a", { href: "/ayuda/manual/promotora", target: "_blank" }, "Manual")),
  ];
}

/** «40 credenciales, 3 eventos, 2 encuestas listas, hace 12 min». @param {Telefono} telefono */
function resumir(telefono) {
  const { credenciales, eventos } = telefono.paquete();
  const encuestas = new Set(eventos.flatMap((evento) => evento.encuestas.map((e) => `${e.instrumento} ${e.version}`))).size;
  const cuando = haceCuanto(telefono.bajadoEn ?? 0, Date.now());
  const partes = [
    plural(credenciales.lista.length, "credencial", "credenciales"),
    plural(eventos.length, "evento"),
    plural(encuestas, "encuesta lista", "encuestas listas"),
  ];
  return `${partes.join(", ")}, ${cuando}.`;
}

/** @typedef {{bien: boolean, texto: string}} Revision */

/** Todo lo que se comprueba funciona igual con la red apagada. @param {Telefono} telefono @returns {Promise<Revision[]>} */
async function revisar(telefono) {
  const camara = await probarCamara();
  return [
    await intento("La aplicación abre sin señal.", abreSinSenal, "Falta guardar la aplicación: recargue esta página con señal."),
    await intento("Los registros se sellan y se guardan.", () => sellaUno(telefono), "No se pudo sellar una prueba. Descargue otra vez."),
    { bien: camara === "", texto: camara || "La cámara abre." },
    await intento("El lector de códigos lee.", probarLector, "El lector no leyó la prueba. Podrá escribir folios y registrar a mano."),
    await intento(
      "El teléfono prometió no borrar lo guardado.",
      async () => Boolean(await navigator.storage?.persisted?.()),
      "El teléfono no promete guardar para siempre: instale la aplicación y envíe el mismo día.",
    ),
  ];
}

/** @param {string} bien @param {() => Promise<boolean>} prueba @param {string} mal @returns {Promise<Revision>} */
async function intento(bien, prueba, mal) {
  const paso = await prueba().catch(() => false);
  return { bien: paso, texto: paso ? bien : mal };
}

async function abreSinSenal() {
  await queAcabeDeGuardarse();
  const registro = await navigator.serviceWorker?.getRegistration("/campo/");
  const guardada = await caches.match("/campo/");
  const lector = await caches.match("/static/vendor/zxing_reader.wasm");
  return Boolean(registro?.active && guardada && lector);
}

/** La primera vez, con poca señal, la aplicación tarda en guardarse: eso no es una falla. @returns {Promise<unknown>} */
async function queAcabeDeGuardarse() {
  const registro = await navigator.serviceWorker?.getRegistration("/campo/");
  if (!navigator.serviceWorker || registro?.active || !navigator.onLine) return undefined;
  const nueva = registro?.installing;
  return Promise.race([
    navigator.serviceWorker.ready,
    new Promise((ya) => nueva?.addEventListener("statechange", () => nueva.state === "redundant" && ya(null))),
    new Promise((ya) => setTimeout(ya, GUARDANDOSE_MS)),
  ]);
}

/** @param {Telefono} telefono */
async function sellaUno(telefono) {
  const { clave_servidor } = telefono.paquete();
  const prueba = { v: 1, id: "prueba", tipo: "anulacion", evento: "", hora: null, sesgo_ms: null, datos: {} };
  return (await sellar(/** @type {Registro} */ (prueba), clave_servidor)).length > 1000;
}

/** @param {Revision} revision */
function renglon({ bien, texto }) {
  return h(
    "li",
    { class: bien ? "revision-bien" : "revision-ojo" },
    h("span", { class: "icono", "aria-hidden": "true" }, bien ? "✓" : "!"),
    h("span", null, h("strong", null, bien ? "Listo. " : "Ojo. "), texto),
  );
}
