// Lo mínimo para dibujar: nodos, fechas en palabras, sonido y vibración.

/**
 * Crea un elemento. Atributos con ``on`` son oyentes; ``class``, ``aria-*`` y demás, atributos; falso o nulo, nada.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} etiqueta
 * @param {Record<string, any> | null} [atributos]
 * @param {...(Node | string | null | undefined | false)} hijos
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(etiqueta, atributos, ...hijos) {
  const nodo = document.createElement(etiqueta);
  for (const [nombre, valor] of Object.entries(atributos ?? {})) {
    if (valor === false || valor === null || valor === undefined) continue;
    if (nombre.startsWith("on")) nodo.addEventListener(nombre.slice(2), valor);
    else nodo.setAttribute(nombre, valor === true ? "" : String(valor));
  }
  nodo.append(...hijos.filter((hijo) => hijo !== null && hijo !== undefined && hijo !== false));
  return nodo;
}

/** Un botón que no se puede tocar dos veces mientras trabaja.
 * @param {string} texto @param {string} clase @param {(evento: Event) => unknown} alTocar
 * @param {Record<string, any>} [atributos] */
export function boton(texto, clase, alTocar, atributos = {}) {
  const nodo = h("button", { type: "button", class: clase, ...atributos }, texto);
  nodo.addEventListener("click", async (evento) => {
    if (nodo.getAttribute("aria-disabled") === "true") return;
    nodo.setAttribute("aria-disabled", "true");
    try {
      await alTocar(evento);
    } finally {
      nodo.removeAttribute("aria-disabled");
    }
  });
  return nodo;
}

/** Quién registra en este teléfono, y cambiarlo; nada si aquí nadie lo dice todavía.
 * @param {import("./promotoras.js").Promotoras} promotoras @param {string} [evento] */
export function renglonDeTurno(promotoras, evento = "") {
  const quien = promotoras.quien();
  const texto = promotoras.lista.length ? (quien ? `Registra ${quien}` : "Sin decir quién registra") : "";
  const hacer = texto ? "Cambiar de promotora" : "Decir quién registra";
  return h("p", { class: "turno" }, texto && h("span", null, texto), h("a", { href: `#/turno/${evento}` }, hacer));
}

/** «1 persona», «2 personas». @param {number} n @param {string} uno @param {string} [varios] */
export function plural(n, uno, varios = `${uno}s`) {
  return `${n.toLocaleString("es-MX")} ${n === 1 ? uno : varios}`;
}

/** «martes 25 de noviembre». @param {string} fecha AAAA-MM-DD */
export function fechaLarga(fecha) {
  const dia = new Date(`${fecha}T12:00:00`);
  return dia.toLocaleDateString("es-MX", { weekday: "long", day: "numeric", month: "long" }).replace(",", "");
}

/** «5:00 p. m.» @param {string} hora HH:MM */
export function horaCorta(hora) {
  const [hh, mm] = hora.split(":").map(Number);
  return `${hh % 12 || 12}:${String(mm).padStart(2, "0")}\u00a0${hh < 12 ? "a" : "p"}.\u00a0m.`;
}

/** «hace 12 min». @param {number} desde @param {number} ahora milisegundos */
export function haceCuanto(desde, ahora) {
  const minutos = Math.max(0, Math.round((ahora - desde) / 60_000));
  if (minutos < 1) return "hace un momento";
  if (minutos < 60) return `hace ${minutos} min`;
  const horas = Math.round(minutos / 60);
  return horas < 24 ? `hace ${plural(horas, "hora")}` : `hace ${plural(Math.round(horas / 24), "día")}`;
}

/** Hoy en el teléfono, AAAA-MM-DD. @param {Date} [fecha] */
export function diaLocal(fecha = new Date()) {
  const dos = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return `${fecha.getFullYear()}-${dos(fecha.getMonth() + 1)}-${dos(fecha.getDate())}`;
}

/** Un texto con renglones en blanco, en párrafos. @param {string} texto */
export function parrafos(texto) {
  return texto.split(/\n\s*\n/).map((parrafo) => h("p", null, parrafo.trim()));
}

/** @type {AudioContext | null} */
let audio = null;

/** La primera vez tarda un cuarto de segundo: quien va a sonar en la puerta lo pide al abrirse. */
export function prepararSonido() {
  try {
    audio ??= new AudioContext();
    void audio.resume().catch(() => {});
  } catch {
    // sin sonido también se trabaja
  }
  return audio;
}

/** @typedef {"bien" | "calma" | "ojo"} Tono */

/** Hercios y milisegundos: sin ver la pantalla se distinguen. */
const SENAS = { bien: { suena: 880, vibra: [60] }, calma: { suena: 587, vibra: [30, 60, 30] }, ojo: { suena: 330, vibra: [80, 60, 80] } };

/** Color y palabra van en la pantalla; esto es lo que se oye y se siente. @param {Tono} tono */
export function sonar(tono) {
  navigator.vibrate?.(SENAS[tono].vibra);
  const audio = prepararSonido();
  if (!audio) return;
  try {
    const [oscilador, volumen] = [audio.createOscillator(), audio.createGain()];
    oscilador.frequency.value = SENAS[tono].suena;
    volumen.gain.setValueAtTime(0.2, audio.currentTime);
    volumen.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.25);
    oscilador.connect(volumen).connect(audio.destination);
    oscilador.start();
    oscilador.stop(audio.currentTime + 0.25);
  } catch {
    // sin sonido también se trabaja
  }
}
