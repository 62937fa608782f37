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
  if (!raiz.querySelector(".kiosco")) void new Kiosco(telefono, evento, encuesta, raiz, alSalir).empezar();
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
    this.cierre = "";
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
    this.#abandono = setTimeout(() => void this.empezar(), ABANDONO_MS);
  };

  /** Página limpia: otra persona, otro id, otro formulario. @param {number} [idioma] el lugar del que se eligió, desde 1 */
  async empezar(idioma = 0) {
    this.#cerrarCamara();
    this.#hayAlguien();
    this.id = nuevoId();
    const [, , html, cierre] = this.encuesta.idiomas?.[idioma - 1] ?? ["", "", this.encuesta.html, this.encuesta.cierre];
    this.cierre = cierre;
    const formulario = h("form", { class: "kiosco-formulario", novalidate: true, autocomplete: "off" });
    formulario.innerHTML = html; // dibujado por nuestro servidor; la CSP no deja correr guiones aquí
    formulario.addEventListener("submit", (evento) => evento.preventDefault());
    const caja = /** @type {HTMLElement} */ (formulario.querySelector(".f-encuesta"));
    const ficha = /** @type {HTMLInputElement | null} */ (caja.querySelector("[name=ficha]"));
    const aviso = h("p", { class: "f-error", role: "alert" });
    caja.prepend(h("p", { class: "kiosco-titulo", "data-portada": true, "aria-hidden": "true" }, this.encuesta.titulo), ...this.#idiomas(idioma));
    ficha?.closest(".f-campo")?.append(this.#leerConCamara(ficha, "Leer la ficha con la cámara", true));
    formulario.append(aviso, h("button", { class: "boton boton-fuerte" }, "Terminar"));

    const modulo = await import("./encuesta/prestado.js").catch(() => null);
    if (!modulo) {
      this.zona.replaceChildren(h("h1", null, "No se pudo abrir la encuesta"), h("p", null, "Regrese el teléfono a quien se lo prestó."));
      return;
    }
    this.zona.replaceChildren(h("h1", { class: "solo-lector" }, this.encuesta.titulo), formulario);
    const { fichas } = this.telefono.paquete();
    const leerFicha = () => normalizarFicha(ficha?.value ?? "", fichas);
    modulo.prestar(caja, (entrada) => this.#leerConCamara(entrada, "Leer el código con la cámara"), {
      sesgo: this.telefono.sesgo() ?? 0,
      ficha: (texto) => normalizarFicha(texto, fichas) !== null,
      alEmpezar: () => {
        const vale = !ficha?.value.trim() || leerFicha() !== null;
        aviso.textContent = vale ? "" : "No reconocemos esa ficha. Revise la palabra y el número, o borre lo escrito.";
        return vale;
      },
    });
    formulario.addEventListener("paso", () => {
      this.#cerrarCamara();
      history.pushState(null, ""); // cada toque vuelve a poner el tope al botón de regresar
    });
    formulario.addEventListener("submit", () => this.#terminar(formulario, leerFicha(), aviso)); // sólo llega lo que está bien
    scrollTo(0, 0);
  }

  /** Un botón por idioma, si hay varios. @param {number} actual */
  #idiomas(actual) {
    const otros = this.encuesta.idiomas ?? [];
    if (!otros.length) return [];
    const nombres = ["Español", ...otros.map(([, nombre]) => nombre)];
    const botones = nombres.map((nombre, i) => boton(nombre, "boton boton-chico", () => this.empezar(i), { lang: otros[i - 1]?.[0], "aria-pressed": String(i === actual) }));
    return [h("div", { class: "kiosco-idiomas", "data-portada": true }, ...botones)];
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
    cierre.innerHTML = this.cierre;
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

  /** La cámara sólo para un campo, y sólo mientras se lee.
   * @param {HTMLInputElement} entrada @param {string} texto @param {boolean} [esFicha] */
  #leerConCamara(entrada, texto, esFicha = false) {
    const video = h("video", { class: "camara", playsinline: true, hidden: true, "aria-label": "Lo que ve la cámara" });
    video.muted = true;
    const dicho = h("p", { role: "status" });
    const filtro = crearFiltro();
    const poner = (/** @type {string} */ leido, /** @type {string} */ frase) => {
      entrada.value = leido;
      for (const tipo of ["input", "change"]) entrada.dispatchEvent(new Event(tipo, { bubbles: true }));
      dicho.textContent = frase;
      this.#cerrarCamara();
    };
    const abrir = boton(texto, "boton", async () => {
      if (this.#soltarCamara) return this.#cerrarCamara();
      const escaner = crearEscaner(
        video,
        (leido) => {
          if (!esFicha) return poner(leido, "Código leído.");
          const codigo = filtro(leido, Date.now());
          if (codigo?.tipo === "ficha") poner(codigo.ficha, `Ficha leída: ${codigo.ficha}`);
          else if (codigo) dicho.textContent = "Ese código no es una ficha.";
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
