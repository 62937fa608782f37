import { decir, estadoDeEnvio } from "../barra.js";
import { los, reintentar } from "../cola.js";
import { boton, h, plural } from "../dom.js";
import { avisoDeEspacio } from "../espacio.js";

/** Qué falta por enviar, qué se envió y qué necesita que alguien lo vea. @param {import("../telefono.js").Telefono} telefono */
export async function pantallaPendientes(telefono) {
  const cuerpo = h("div", null);

  async function pintar() {
    const [guardados, apartados] = [await los(telefono.bd, "guardado"), await los(telefono.bd, "apartado")];
    cuerpo.replaceChildren(
      h(
        "dl",
        { class: "cifras" },
        cifra("●", "Guardados en este teléfono", guardados.length, "guardado"),
        cifra("✓", "Enviados", telefono.resumen.enviado, "enviado"),
        cifra("!", "Por revisar", apartados.length, "ojo"),
      ),
      h("p", { class: "suave" }, explicar(guardados.length)),
      ...sobreElEspacio(telefono.espacio),
      ...porEvento(telefono, guardados),
      ...(apartados.length ? [h("h2", null, "Por revisar"), listaApartados(apartados)] : []),
    );
  }

  /** @param {EnCola[]} apartados */
  const listaApartados = (apartados) =>
    h(
      "ul",
      { class: "lista" },
      ...apartados.map((registro) =>
        h(
          "li",
          { class: "renglon" },
          h("span", null, `${tituloDe(telefono, registro.evento)}: ${registro.mensaje ?? "La oficina lo recibió y lo tiene apartado para revisarlo."}`),
          boton("Enviar otra vez", "boton-chico", async () => {
            await reintentar(telefono.bd, registro.id);
            telefono.alGuardar();
          }),
        ),
      ),
    );

  async function enviar() {
    const resultado = await telefono.enviarYa();
    if (!resultado) return decir("bien", "Ya se está enviando.");
    if (resultado.apartados) return decir("ojo", "Llegaron a la oficina; falta que los revisen.");
    if (resultado.motivo === "al_dia") {
      return decir("bien", resultado.enviados ? `Enviado: ${plural(resultado.enviados, "registro")}.` : "No había nada por enviar.");
    }
    const { texto, nota } = estadoDeEnvio(telefono);
    return decir("ojo", texto, null, nota);
  }

  await pintar();
  telefono.addEventListener("cambio", pintar);
  const nodos = [
    h("h1", null, "Lo guardado y lo enviado"),
    cuerpo,
    boton("Enviar ahora", "boton boton-fuerte", enviar),
    h("p", { class: "al-pie" }, h("a", { class: "boton", href: "#/rescate" }, "Pasar o rescatar registros")),
    h("p", null, h("a", { class: "boton", href: "#/preparar" }, "Preparar este teléfono")),
  ];
  return { titulo: "Envío", atras: "#/", nodos, alSalir: () => telefono.removeEventListener("cambio", pintar) };
}

/** @param {string} icono @param {string} nombre @param {number} n @param {string} clase */
function cifra(icono, nombre, n, clase) {
  return h(
    "div",
    { class: `cifra cifra-${clase}` },
    h("dt", null, h("span", { class: "icono", "aria-hidden": "true" }, icono), nombre),
    h("dd", null, n.toLocaleString("es-MX")),
  );
}

/** Lo que el teléfono promete de lo guardado, y si ya casi no cabe. @param {import("../espacio.js").Espacio | null} espacio */
function sobreElEspacio(espacio) {
  const aviso = avisoDeEspacio(espacio);
  const promesa =
    espacio?.permanente === true
      ? "Este teléfono prometió no borrar lo guardado."
      : "Este teléfono no promete guardar para siempre: instale la aplicación y envíe el mismo día.";
  return [
    aviso && h("p", { class: "nota", role: "status" }, aviso),
    espacio && h("p", { class: "suave" }, promesa),
  ].filter((nodo) => nodo instanceof Node);
}

/** @param {number} n */
function explicar(n) {
  if (!n) return "No falta nada por enviar de este teléfono.";
  return "Es normal: se envían solos en cuanto haya señal. No borre la aplicación mientras falten.";
}

/** @param {import("../telefono.js").Telefono} telefono @param {EnCola[]} registros */
function porEvento(telefono, registros) {
  /** @type {Map<string, number>} */
  const cuantos = new Map();
  for (const { evento } of registros) cuantos.set(evento, (cuantos.get(evento) ?? 0) + 1);
  if (!cuantos.size) return [];
  const renglones = [...cuantos].map(([evento, n]) =>
    h("li", { class: "renglon" }, h("span", null, tituloDe(telefono, evento)), h("strong", null, String(n))),
  );
  return [h("h2", null, "Por enviar"), h("ul", { class: "lista" }, ...renglones)];
}

/** @param {import("../telefono.js").Telefono} telefono @param {string} evento */
function tituloDe(telefono, evento) {
  if (!evento) return "De otro teléfono";
  return telefono.evento(evento)?.titulo ?? "Un evento anterior";
}
