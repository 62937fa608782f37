import { decir } from "../barra.js";
import { boton, h } from "../dom.js";
import { enPalabras, incompleto, malPin, OCIOS } from "../turno.js";

/** @typedef {import("../telefono.js").Telefono} Telefono */

const ERROR = "turno-error";
/** Tapado, y sin que el navegador de un teléfono de todas ofrezca recordarlo. */
const SECRETO = { type: "password", autocomplete: "one-time-code" };

/**
 * Quién registra: escoger su nombre y escribir su PIN, entrar la primera vez, o seguir sin decirlo.
 * @param {Telefono} telefono
 * @param {{titulo: string, atras: string, alTerminar: () => void}} donde
 */
export function pantallaTurno(telefono, { titulo, atras, alTerminar }) {
  const { promotoras } = telefono;
  const cuerpo = h("div", null);
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let reloj;

  /** @param {string} encabezado @param {...(Node | string | null | undefined | false)} nodos */
  function paso(encabezado, ...nodos) {
    clearInterval(reloj);
    const nuevo = h("h1", { tabindex: "-1" }, encabezado);
    cuerpo.replaceChildren(nuevo, h("div", null, ...nodos));
    if (cuerpo.isConnected) (cuerpo.querySelector("input") ?? nuevo).focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  function lista() {
    const quien = promotoras.quien();
    const otras = promotoras.lista.filter(({ cuenta }) => cuenta !== promotoras.cuenta());
    const cerrado = { vencido: "Pasó su tiempo", ocioso: "Nadie tocó el teléfono" }[/** @type {string} */ (promotoras.situacion())];
    paso(
      quien ? `Registra ${quien}` : "¿Quién registra?",
      cerrado && h("p", { class: "nota" }, `${cerrado} y se cerró el turno. Lo guardado sigue aquí.`),
      h("div", { class: "opciones" }, ...otras.map(({ cuenta, nombre }) => boton(nombre, "opcion", () => conPin(cuenta, nombre)))),
      boton(promotoras.lista.length ? "Entrar otra promotora" : "Entrar con mi usuario", "boton", entrar),
      quien ? boton("Cerrar mi turno", "boton", cerrar) : boton("Seguir sin decir quién", promotoras.lista.length ? "boton" : "boton boton-fuerte", seguir),
      h("p", { class: "suave" }, quien ? "Sus encuestas prestadas no dicen quién las juntó." : "Se registra igual; sólo no queda quién lo hizo."),
      quien && cuandoSeCierra(),
    );
  }

  const seguir = async () => (await promotoras.sinDecir(), alTerminar());

  async function cerrar() {
    await promotoras.cerrar();
    decir("bien", "Turno cerrado. Lo guardado sigue aquí y se envía solo.");
    lista();
  }

  function cuandoSeCierra() {
    const opciones = OCIOS.map((minutos) => {
      const texto = minutos === 0 ? "Nunca" : minutos === 60 ? "Una hora" : `${minutos} minutos`;
      return h("option", { value: minutos, selected: minutos === promotoras.ocio }, texto);
    });
    const escoge = h("select", { id: "ocio" }, ...opciones);
    escoge.addEventListener("change", () => void promotoras.ponerOcio(Number(escoge.value)));
    return h("div", { class: "campo" }, h("label", { for: "ocio" }, "Cerrar el turno si nadie toca el teléfono en"), escoge);
  }

  /** @param {string} cuenta @param {string} nombre */
  function conPin(cuenta, nombre) {
    const pin = campoPin("pin", `PIN de ${nombre}`);
    const error = nodoError();
    const abrir = h("button", { type: "submit", class: "boton boton-fuerte" }, "Abrir mi turno");
    const esperar = () => {
      const falta = promotoras.espera(cuenta);
      abrir.disabled = falta > 0;
      if (falta) error.textContent = `No coincide. Espere ${enPalabras(falta)} o entre con su usuario.`;
      else if (error.textContent.startsWith("No coincide. Espere")) error.textContent = "";
    };
    paso(
      `Hola, ${nombre}`,
      formulario(async () => {
        const problema = incompleto(pin.entrada.value);
        const dicho = problema ? null : await promotoras.abrir(cuenta, pin.entrada.value);
        if (dicho?.bien) return terminar(nombre);
        pin.entrada.value = "";
        pin.entrada.focus();
        error.textContent = problema || "No coincide. Inténtelo otra vez.";
        return esperar();
      }, pin.nodo, error, abrir),
      boton("Olvidé mi PIN", "boton", () => entrar("Con su usuario y su contraseña pone un PIN nuevo. Se necesita señal.")),
      boton("Seguir sin decir quién", "boton-texto", seguir),
      boton("‹ Escoger otro nombre", "boton-texto", lista),
    );
    esperar();
    reloj = setInterval(esperar, 1000);
  }

  /** @param {unknown} [motivo] */
  function entrar(motivo) {
    const usuario = campo("usuario", "Usuario", { autocapitalize: "none", autocorrect: "off" });
    const contrasena = campo("contrasena", "Contraseña", SECRETO);
    const error = nodoError();
    paso(
      "Entrar con su usuario",
      h("p", null, typeof motivo === "string" ? motivo : "Se pide una vez en este teléfono y con señal. Después basta su PIN."),
      formulario(async () => {
        error.textContent = "";
        const dicho = await promotoras.comprobar(telefono.token, usuario.entrada.value, contrasena.entrada.value);
        if (!("problema" in dicho)) return ponerPin(dicho);
        error.textContent = dicho.problema;
        return usuario.entrada.focus();
      }, usuario.nodo, contrasena.nodo, error, h("button", { type: "submit", class: "boton boton-fuerte" }, "Entrar")),
      boton("‹ Regresar", "boton-texto", lista),
    );
  }

  /** @param {{cuenta: string, nombre: string, marca: string}} quien */
  function ponerPin(quien) {
    const [uno, otro] = [campoPin("pin", "PIN nuevo, 6 números"), campoPin("pin-otra-vez", "Otra vez")];
    const error = nodoError();
    paso(
      `Hola, ${quien.nombre}`,
      h("p", null, "Escoja un PIN para este teléfono. Con él dice que registra usted, también sin señal."),
      formulario(async () => {
        const iguales = uno.entrada.value === otro.entrada.value;
        error.textContent = malPin(uno.entrada.value) || (iguales ? "" : "Los dos PIN no son iguales.");
        if (error.textContent) return uno.entrada.focus();
        await promotoras.agregar(quien, uno.entrada.value);
        return terminar(quien.nombre);
      }, uno.nodo, otro.nodo, error, h("button", { type: "submit", class: "boton boton-fuerte" }, "Guardar mi PIN")),
    );
  }

  /** @param {string} nombre */
  function terminar(nombre) {
    alTerminar();
    decir("bien", `Registra ${nombre}.`);
  }

  lista();
  return { titulo, atras, nodos: [cuerpo], alSalir: () => clearInterval(reloj) };
}

/** Un formulario que no se manda dos veces mientras trabaja. @param {() => Promise<unknown>} alMandar @param {...Node} nodos */
function formulario(alMandar, ...nodos) {
  const nodo = h("form", { novalidate: true }, ...nodos);
  const mandar = nodo.querySelector("button");
  nodo.addEventListener("submit", async (evento) => {
    evento.preventDefault();
    if (mandar?.getAttribute("aria-disabled") === "true") return;
    mandar?.setAttribute("aria-disabled", "true");
    await alMandar().catch(() => decir("mal", "No se pudo guardar en este teléfono. Puede seguir sin decir quién."));
    mandar?.removeAttribute("aria-disabled");
  });
  return nodo;
}

const nodoError = () => h("p", { class: "campo-error", role: "alert", id: ERROR });

/** @param {string} id @param {string} etiqueta @param {Record<string, string>} atributos */
function campo(id, etiqueta, atributos) {
  const entrada = h("input", {
    id, type: "text", autocomplete: "off", spellcheck: "false", "aria-describedby": ERROR, ...atributos,
  });
  return { entrada, nodo: h("div", { class: "campo" }, h("label", { for: id }, etiqueta), entrada) };
}

/** @param {string} id @param {string} etiqueta */
const campoPin = (id, etiqueta) => campo(id, etiqueta, { ...SECRETO, class: "pin", inputmode: "numeric", maxlength: "6" });
