// El teléfono prestado: una pregunta a la vez, sin regreso, y nada de una persona queda para la siguiente.
// El borrador vive sólo en el formulario de esta página; recargar, tardarse o salir lo borra.

import { contestar } from "./captura.js";
import { crearFiltro, normalizarFicha } from "./credencial.js";
import { boton, h } from "./dom.js";
import { crearEscaner } from "./escaner.js";
import { nuevoId } from "./registro.js";

const MARCA = "kiosco";
const SOSTENER_MS = 3_000;
const ABANDONO_MS = 180_000;

/** @typedef {import("./telefono.js").Telefono} Telefono */

/** Pasa el teléfono a modo prestado; sobrevive a una recarga (sólo se recuerda qué encuesta, nunca respuestas).
 * @param {string} evento @param {string} instrumento */
export function entregar(evento, instrumento) {
  sessionStorage.setItem(MARCA, JSON.stringify({ evento, instrumento }));
  void document.documentElement.requestFullscreen?.().catch(() => {});
  dispatchEvent(new HashChangeEvent("hashchange"));
}

/**
 * Si el teléfono está prestado, muestra la encuesta y nada más.
 * @param {Telefono} telefono @param {HTMLElement} raiz @param {() => void} alSalir
 * @returns {boolean}
 */
export function kioscoPendiente(telefono, raiz, alSalir) {
  const marca = sessionStorage.getItem(MARCA);
  if (!marca) return false;
  const { evento, instrumento } = JSON.parse(marca);
  const encuesta = telefono.evento(evento)?.encuestas.find((e) => e.instrumento === instrumento);
  if (!encuesta) {
    sessionStorage.removeItem(MARCA);
    return false;
  }
  if (!raiz.querySelector(".kiosco")) new Kiosco(telefono, evento, encuesta, raiz, alSalir).empezar();
  return true;
}

class Kiosco {
  /** @param {Telefono} telefono @param {string} evento @param {EncuestaDelPaquete} encuesta @param {HTMLElement} raiz @param {() => void} alSalir */
  constructor(telefono, evento, encuesta, raiz, alSalir) {
    this.telefono = telefono;
    this.evento = evento;
    this.encuesta = encuesta;
    this.alSalir = alSalir;
    this.zona = h("main", { class: "kiosco-zona" });
    raiz.replaceChildren(h("div", { class: "kiosco" }, this.zona, h("footer", { class: "kiosco-pie" }, this.#botonPersonal())));
    history.pushState(null, "");
    addEventListener("popstate", this.#sinRegreso);
    for (const tipo of ["pointerdown", "keydown", "input"]) addEventListener(tipo, this.#hayAlguien);
  }
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #abandono;
  /** @type {(() => void) | null} */ #soltarCamara = null;

  #sinRegreso = () => history.pushState(null, "");

  #hayAlguien = () => {
    clearTimeout(this.#abandono);
    this.#abandono = setTimeout(() => this.empezar(), ABANDONO_MS);
  };

  /** Página limpia: otra persona, otro id, otro formulario. */
  empezar() {
    this.#cerrarCamara();
    this.id = nuevoId();
    const formulario = h("form", { class: "kiosco-formulario", novalidate: true, autocomplete: "off" });
    formulario.innerHTML = this.encuesta.html; // dibujado por nuestro servidor; la CSP no deja correr guiones aquí
    const ficha = /** @type {HTMLInputElement | null} */ (formulario.querySelector("[name=ficha]"));
    const fichaCampo = /** @type {HTMLElement | null} */ (ficha?.closest(".f-campo") ?? null);
    const campos = /** @type {NodeListOf<HTMLElement>} */ (formulario.querySelectorAll(".f-campo"));
    const preguntas = [...campos].filter((campo) => campo !== fichaCampo);
    const intro = [...formulario.querySelectorAll(".f-intro")];
    formulario.addEventListener("submit", (evento) => evento.preventDefault());

    /** @type {{campo: HTMLElement, soloSinFicha: boolean}[]} */
    const porHacer = preguntas.map((campo) => ({ campo, soloSinFicha: campo.closest(".f-grupo") !== null }));
    const aviso = h("p", { class: "f-error", role: "alert" });
    const hoja = h("div", { class: "f-encuesta" });
    const seguir = boton("Empezar", "boton boton-fuerte", () => avanzar(-1));
    formulario.replaceChildren(hoja, aviso, seguir);
    hoja.append(h("p", { class: "kiosco-titulo", "aria-hidden": "true" }, this.encuesta.titulo), ...intro);
    if (fichaCampo && ficha) hoja.append(fichaCampo, this.#leerFicha(ficha));
    /** Las hojas ya contestadas siguen en el formulario, escondidas, hasta terminar. */
    const contestadas = h("div", { hidden: true });
    formulario.append(contestadas);
    /** @type {string | null} */
    let fichaLeida = null;

    const avanzar = async (/** @type {number} */ actual) => {
      aviso.textContent = "";
      if (actual < 0 && ficha?.value.trim()) {
        fichaLeida = normalizarFicha(ficha.value, this.telefono.paquete().fichas);
        if (!fichaLeida) {
          aviso.textContent = "No reconocemos esa ficha. Revise la palabra y el número, o borre lo escrito.";
          return;
        }
      }
      this.#cerrarCamara();
      history.pushState(null, ""); // cada toque vuelve a poner el tope al botón de regresar
      const siguiente = porHacer.findIndex(({ soloSinFicha }, i) => i > actual && !(soloSinFicha && fichaLeida));
      if (siguiente < 0) return this.#terminar(formulario, fichaLeida, aviso);
      const nuevo = porHacer[siguiente].campo;
      if (actual >= 0) contestadas.append(porHacer[actual].campo);
      hoja.replaceChildren(nuevo);
      const ultima = !porHacer.some(({ soloSinFicha }, i) => i > siguiente && !(soloSinFicha && fichaLeida));
      const boton_ = boton(ultima ? "Terminar" : "Siguiente", "boton boton-fuerte", () => avanzar(siguiente));
      formulario.querySelector(":scope > button")?.replaceWith(boton_);
      const leyenda = /** @type {HTMLElement | null} */ (nuevo.querySelector("legend, label"));
      leyenda?.setAttribute("tabindex", "-1");
      leyenda?.focus({ preventScroll: true });
      scrollTo(0, 0);
    };

    this.zona.replaceChildren(h("h1", { class: "solo-lector" }, this.encuesta.titulo), formulario);
    this.#hayAlguien();
    scrollTo(0, 0);
  }

  /** @param {HTMLFormElement} formulario @param {string | null} ficha @param {HTMLElement} aviso */
  async #terminar(formulario, ficha, aviso) {
    /** @type {Record<string, string[]>} */
    const respuestas = {};
    for (const [clave, valor] of new FormData(formulario)) {
      if (clave !== "ficha" && typeof valor === "string" && valor.trim()) (respuestas[clave] ??= []).push(valor);
    }
    const { instrumento, version } = this.encuesta;
    try {
      await contestar(this.telefono, this.evento, this.id ?? nuevoId(), { instrumento, version, ficha, respuestas });
    } catch {
      aviso.textContent = "No se pudo guardar. Toque «Terminar» otra vez; si sigue igual, avise a quien le prestó el teléfono.";
      return;
    }
    formulario.reset();
    this.#gracias();
  }

  #gracias() {
    const cierre = h("div", { class: "f-encuesta" });
    cierre.innerHTML = this.encuesta.cierre;
    const titulo = h("h1", { tabindex: "-1" }, "Listo. Gracias.");
    this.zona.replaceChildren(
      titulo,
      h("p", null, "Sus respuestas se guardaron sin su nombre. Devuelva el teléfono a quien se lo prestó."),
      cierre,
      h("h2", null, "Si un día necesita ayuda"),
      h("ul", { class: "lista" }, ...this.telefono.paquete().ayuda.map(lineaDeAyuda)),
      boton("Que conteste otra persona", "boton boton-fuerte", () => this.empezar()),
    );
    titulo.focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  /** La cámara sólo para la ficha, y sólo mientras se lee. @param {HTMLInputElement} entrada */
  #leerFicha(entrada) {
    const video = h("video", { class: "camara", playsinline: true, hidden: true, "aria-label": "Lo que ve la cámara" });
    video.muted = true;
    const dicho = h("p", { role: "status" });
    const filtro = crearFiltro();
    const abrir = boton("Leer la ficha con la cámara", "boton", async () => {
      if (this.#soltarCamara) return this.#cerrarCamara();
      const escaner = crearEscaner(
        video,
        (texto) => {
          const codigo = filtro(texto, Date.now());
          if (codigo?.tipo === "ficha") {
            entrada.value = codigo.ficha;
            dicho.textContent = `Ficha leída: ${codigo.ficha}`;
            this.#cerrarCamara();
          } else if (codigo) {
            dicho.textContent = "Ese código no es una ficha.";
          }
        },
        (motivo) => {
          dicho.textContent = motivo;
          this.#cerrarCamara();
        },
      );
      this.#soltarCamara = () => {
        escaner.detener();
        video.hidden = true;
      };
      video.hidden = false;
      return escaner.iniciar();
    });
    return h("div", null, abrir, video, dicho);
  }

  #cerrarCamara() {
    this.#soltarCamara?.();
    this.#soltarCamara = null;
  }

  /** Sólo quien sabe lo mantiene apretado tres segundos (con el dedo o con Intro). */
  #botonPersonal() {
    const nodo = h("button", { type: "button", class: "personal" }, "Personal: mantenga apretado");
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let reloj;
    const bajar = () => {
      clearTimeout(reloj);
      nodo.classList.add("apretado");
      reloj = setTimeout(() => this.#salir(), SOSTENER_MS);
    };
    const soltar = () => {
      clearTimeout(reloj);
      nodo.classList.remove("apretado");
    };
    nodo.addEventListener("pointerdown", (evento) => {
      nodo.setPointerCapture(evento.pointerId); // que el dedo se recorra un poco no lo suelta
      bajar();
    });
    for (const tipo of ["pointerup", "pointercancel", "blur", "keyup"]) nodo.addEventListener(tipo, soltar);
    nodo.addEventListener("keydown", (evento) => {
      if (!evento.repeat && (evento.key === "Enter" || evento.key === " ")) bajar();
    });
    nodo.addEventListener("contextmenu", (evento) => evento.preventDefault());
    return nodo;
  }

  #salir() {
    clearTimeout(this.#abandono);
    this.#cerrarCamara();
    removeEventListener("popstate", this.#sinRegreso);
    for (const tipo of ["pointerdown", "keydown", "input"]) removeEventListener(tipo, this.#hayAlguien);
    sessionStorage.removeItem(MARCA);
    this.zona.replaceChildren();
    if (document.fullscreenElement) void document.exitFullscreen().catch(() => {});
    history.replaceState(null, "", `#/evento/${this.evento}`);
    this.alSalir();
  }
}

/** @param {Paquete["ayuda"][number]} linea */
function lineaDeAyuda({ nombre, servicio, telefono, horario }) {
  return h(
    "li",
    { class: "renglon" },
    h("span", null, h("strong", null, nombre), `: ${[servicio, horario].filter(Boolean).join(". ")}`),
    h("strong", { class: "numero" }, telefono), // sin enlace: el teléfono prestado no sale a marcar
  );
}
