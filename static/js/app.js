// El índice de la aplicación: abre lo guardado, decide qué pantalla toca y ofrece la versión nueva sin imponerla.

import { barra, callar, noticia } from "./barra.js";
import { cuidarBorrador, hayBorrador, preguntarSiSale } from "./borrador.js";
import { boton, h } from "./dom.js";
import { kioscoPendiente } from "./kiosco.js";
import { pantallaAviso } from "./pantallas/aviso.js";
import { pantallaContar } from "./pantallas/contar.js";
import { pantallaEncuesta } from "./pantallas/encuesta.js";
import { pantallaEscanear } from "./pantallas/escanear.js";
import { pantallaEvento } from "./pantallas/evento.js";
import { pantallaEventos } from "./pantallas/eventos.js";
import { pantallaPendientes } from "./pantallas/pendientes.js";
import { pantallaPreparar } from "./pantallas/preparar.js";
import { pantallaRegistrar } from "./pantallas/registrar.js";
import { Telefono } from "./telefono.js";

/**
 * @typedef {object} Pantalla
 * @property {string} titulo
 * @property {string | null} atras
 * @property {string} [evento] su id, si la pantalla es de un evento
 * @property {Node[]} nodos
 * @property {() => void} [alSalir]
 */

const DE_EVENTO = {
  "": pantallaEvento,
  registrar: pantallaRegistrar,
  contar: pantallaContar,
  escanear: pantallaEscanear,
  encuesta: pantallaEncuesta,
};

const raiz = /** @type {HTMLElement} */ (document.getElementById("app"));
const version = document.querySelector("meta[name=jornada-version]")?.getAttribute("content") ?? "";
/** @type {() => void} */
let soltar = () => {};
/** La dirección de lo que se ve, y en qué paso del historial. */
let aqui = { url: location.href, paso: pasoDelHistorial() };
/** Ya dijo que sale sin guardar. */
let saliendo = false;
/** Se ve una pantalla que dice quién registra. */
let vigilar = false;

/** En estas se dice quién registra. La encuesta no: de una contestación no se sabe quién la juntó. */
const CON_TURNO = ["registrar", "contar", "escanear"];

/** @param {Telefono} telefono @param {string} titulo @param {string} atras @param {() => void} alTerminar @returns {Promise<Pantalla>} */
async function turno(telefono, titulo, atras, alTerminar) {
  const { pantallaTurno } = await import("./pantallas/turno.js");
  return pantallaTurno(telefono, { titulo, atras, alTerminar });
}

/** @param {Telefono} telefono @returns {Promise<Pantalla> | Pantalla} */
function elegir(telefono) {
  const [lugar = "", id = "", accion = ""] = location.hash.replace(/^#\//, "").split("/");
  if (lugar === "pendientes") return pantallaPendientes(telefono);
  if (lugar === "rescate") return import("./rescate/pantalla.js").then((m) => m.pantallaRescate(telefono, id));
  if (lugar === "preparar" || !telefono.listo) return pantallaPreparar(telefono);
  if (lugar === "aviso") return pantallaAviso(telefono, id);
  const evento = ["evento", "turno"].includes(lugar) ? telefono.evento(id) : undefined;
  const antes = evento ? `#/evento/${evento.id}` : "#/";
  if (lugar === "turno") return turno(telefono, evento?.titulo ?? "Jornada", antes, () => location.replace(antes));
  if (!evento) return pantallaEventos(telefono);
  const pantalla = () => (DE_EVENTO[/** @type {keyof typeof DE_EVENTO} */ (accion)] ?? pantallaEvento)(telefono, evento);
  vigilar = CON_TURNO.includes(accion) && telefono.promotoras.quien() !== null;
  if (!CON_TURNO.includes(accion) || !telefono.promotoras.falta()) return pantalla();
  return turno(telefono, evento.titulo, antes, () => void mostrar(telefono)).catch(pantalla); // preguntar nunca estorba
}

/** Con algo escrito sin guardar se regresa a donde se estaba mientras se decide.
 * @param {Telefono} telefono @param {HashChangeEvent} cambio */
async function cambiarDePantalla(telefono, { oldURL, newURL }) {
  if (newURL === aqui.url) return undefined; // es el regreso
  const preguntando = document.querySelector("dialog[open]") !== null;
  const prestado = document.body.classList.contains("prestado");
  if (!preguntando && (saliendo || !oldURL || !hayBorrador() || prestado)) return mostrar(telefono);
  const pasos = pasoDelHistorial() - aqui.paso;
  const regreso = regresar(pasos);
  if (preguntando || !(await preguntarSiSale())) return regreso;
  await regreso;
  saliendo = true;
  if (pasos < 0) return history.go(pasos);
  if (pasos > 0) return location.assign(newURL);
  return location.replace(newURL);
}

/** Deshace ``pasos`` del historial sin dejar huella en él: ni repetidos atrás, ni lo que ya estaba perdido.
 * @param {number} pasos @returns {Promise<unknown>} cuando ya se regresó */
async function regresar(pasos) {
  if (!pasos) return history.replaceState(null, "", aqui.url);
  const listo = new Promise((ya) => addEventListener("hashchange", ya, { once: true }));
  history.go(-pasos);
  return listo;
}

/** Cero si este navegador no lo dice. */
function pasoDelHistorial() {
  return /** @type {any} */ (window).navigation?.currentEntry?.index ?? 0;
}

/** @param {Telefono} telefono */
async function mostrar(telefono) {
  aqui = { url: location.href, paso: pasoDelHistorial() };
  saliendo = false;
  vigilar = false;
  soltar();
  callar();
  const prestado = kioscoPendiente(telefono, raiz, () => mostrar(telefono));
  document.body.classList.toggle("prestado", prestado); // al prestarlo, los avisos para la promotora no estorban
  if (prestado) return;
  const { titulo, atras, evento, nodos, alSalir } = await elegir(telefono);
  const arriba = barra(telefono, { titulo, atras, evento });
  soltar = () => {
    arriba.soltar();
    alSalir?.();
    soltar = () => {};
  };
  raiz.replaceChildren(arriba.nodo, noticia, h("main", { class: "pantalla" }, ...nodos));
  scrollTo(0, 0);
  const encabezado = raiz.querySelector("h1");
  encabezado?.setAttribute("tabindex", "-1");
  encabezado?.focus({ preventScroll: true });
}

async function registrarWorker() {
  if (!("serviceWorker" in navigator)) return;
  const registro = await navigator.serviceWorker.register("/campo/sw.js", { scope: "/campo/" });
  /** @param {ServiceWorker | null} nuevo */
  const seguir = (nuevo) => nuevo?.addEventListener("statechange", () => nuevo.state === "installed" && ofrecerVersion(registro));
  if (registro.waiting) ofrecerVersion(registro);
  seguir(registro.installing); // otra ventana pudo empezar a traerla antes de que ésta escuchara
  registro.addEventListener("updatefound", () => seguir(registro.installing));
  // Hay teléfonos donde la aplicación nunca se cierra: se pregunta también al volver a ella.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void registro.update().catch(() => {});
  });
}

/** @param {ServiceWorkerRegistration} registro */
function ofrecerVersion(registro) {
  if (!navigator.serviceWorker.controller || document.querySelector(".version-nueva")) return;
  const actualizar = boton("Actualizar", "boton-chico", () => {
    if (!registro.waiting) return location.reload(); // desde otra ventana ya se cambió
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload());
    return registro.waiting.postMessage("aplicar");
  });
  const texto = "Hay una versión nueva. Lo guardado no se toca.";
  document.body.append(h("div", { class: "version-nueva", role: "status" }, h("span", null, texto), actualizar));
}

/**
 * Usar el teléfono mantiene abierto el turno; prestado no: lo toca alguien más. Si se cierra con la pantalla puesta, se
 * vuelve a preguntar quién registra, pero nunca bajo los dedos ni sobre algo escrito.
 * @param {Telefono} telefono
 */
function cuidarTurno(telefono) {
  let tocado = Date.now();
  const revisar = () => {
    const enCalma = Date.now() - tocado > 60_000 && !hayBorrador();
    if (vigilar && enCalma && telefono.promotoras.falta()) void mostrar(telefono);
  };
  const tocar = () => {
    if (document.body.classList.contains("prestado")) return;
    revisar();
    tocado = Date.now();
    telefono.promotoras.tocar();
  };
  for (const tipo of ["pointerdown", "keydown"]) addEventListener(tipo, tocar, { passive: true });
  setInterval(revisar, 20_000);
}

/** @param {string} que */
function noSePuede(que) {
  raiz.replaceChildren(h("main", { class: "pantalla" }, h("h1", null, "Aquí no se puede abrir"), h("p", null, que)));
}

async function arrancar() {
  if (!window.isSecureContext || !crypto.subtle) {
    return noSePuede("La dirección tiene que empezar con https://. Pida la dirección correcta a quien administra.");
  }
  try {
    const telefono = await Telefono.abrir(version, () => noSePuede("Cierre las otras ventanas de la aplicación. Lo guardado sigue aquí."));
    addEventListener("hashchange", (cambio) => void cambiarDePantalla(telefono, cambio));
    cuidarBorrador();
    cuidarTurno(telefono);
    await mostrar(telefono);
  } catch {
    return noSePuede("El navegador no deja guardar en este teléfono (¿ventana privada?). Ábrala en una ventana normal.");
  }
  await registrarWorker().catch(() => {}); // sin worker se trabaja igual, con señal; «Preparar» lo dice
  return undefined;
}

void arrancar();
