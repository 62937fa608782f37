// Quién registra: cuándo vale su turno y cuánto se espera tras un PIN equivocado. Puro: la hora llega de fuera.
// Un turno vencido nunca impide registrar: sólo deja de decir quién.

const MINUTO = 60_000;
/** Sin que la oficina lo confirme, un turno dura esto. */
export const GRACIA_MS = 720 * MINUTO;
/** El reloj del teléfono puede corregirse un poco hacia atrás sin que eso cierre nada. */
const HOLGURA_MS = 5 * MINUTO;
const SIN_ESPERA = 3;
const ESPERA_MAXIMA_MS = 60 * MINUTO;

/** Minutos sin que nadie toque el teléfono tras los que se cierra el turno; 0: no se cierra por eso. */
export const OCIOS = [5, 15, 60, 0];
export const OCIO = 15;

/**
 * @typedef {object} Turno
 * @property {string | null} cuenta nula: se dijo «seguir sin decir quién»
 * @property {number} confirmado cuándo se abrió o la oficina lo confirmó por última vez, ms
 * @property {number} tocado la última vez que alguien usó el teléfono, ms
 */

/**
 * @param {Turno | null} turno @param {number} ahora @param {number} ocio minutos
 * @returns {"nadie" | "abierto" | "vencido" | "ocioso"}
 */
export function situacion(turno, ahora, ocio) {
  if (!turno) return "nadie";
  const lleva = ahora - turno.confirmado;
  if (lleva >= GRACIA_MS || lleva < -HOLGURA_MS) return "vencido";
  if (turno.cuenta && ocio && ahora - turno.tocado >= ocio * MINUTO) return "ocioso";
  return "abierto";
}

/** @typedef {{fallos: number, hasta: number}} Intentos */

/** Lo que se espera después de tantos fallos seguidos, ms. @param {number} fallos */
export function espera(fallos) {
  return fallos < SIN_ESPERA ? 0 : Math.min(MINUTO * 2 ** (fallos - SIN_ESPERA - 1), ESPERA_MAXIMA_MS);
}

/** Lo que falta para poder intentar otra vez, ms; si movieron el reloj, nunca más que la espera entera.
 * @param {Intentos} intentos @param {number} ahora */
export function falta({ fallos, hasta }, ahora) {
  return Math.max(0, Math.min(hasta - ahora, espera(fallos)));
}

/** Se anota como fallo antes de mirar el PIN: apagar el teléfono a la mitad no regala intentos.
 * @param {Intentos} intentos @param {number} ahora @returns {Intentos} */
export function intentar({ fallos }, ahora) {
  return { fallos: fallos + 1, hasta: ahora + espera(fallos + 1) };
}

/** Vacío si lo escrito puede ser un PIN. @param {string} pin */
export const incompleto = (pin) => (/^\d{6}$/.test(pin) ? "" : "El PIN son 6 números.");

/** Por qué no conviene para PIN nuevo; vacío si sirve. @param {string} pin */
export function malPin(pin) {
  if (incompleto(pin)) return incompleto(pin);
  const pasos = new Set([...pin].slice(1).map((cifra, i) => Number(cifra) - Number(pin[i])));
  const seguido = pasos.size === 1 && [0, 1, -1].includes([...pasos][0]);
  return seguido ? "Ese es de los primeros que alguien probaría. Escoja otro." : "";
}

/** Lo que se ve en la lista: «Rosa M.». El nombre entero no se queda en el teléfono. @param {string} nombre */
export function nombreCorto(nombre) {
  const [primero = "", segundo = ""] = nombre.trim().split(/\s+/);
  return segundo ? `${primero} ${[...segundo][0].toLocaleUpperCase("es-MX")}.` : primero;
}

/** «30 segundos», «2 minutos». @param {number} ms */
export function enPalabras(ms) {
  const segundos = Math.ceil(ms / 1000);
  return segundos < 90 ? `${segundos} segundos` : `${Math.ceil(segundos / 60)} minutos`;
}
