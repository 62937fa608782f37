import { deshacerYDecir } from "../barra.js";
import { deshacibles } from "../captura.js";
import { cuenta } from "../cola.js";
import { boton, diaLocal, fechaLarga, h, horaCorta, renglonDeTurno } from "../dom.js";

const ACCIONES = [
  ["escanear", "Escanear", "Credencial"],
  ["registrar", "Registrar", "Sin credencial"],
  ["contar", "Contar", "Sólo cuántas"],
  ["encuesta", "Encuesta", "Prestar el teléfono"],
];

/** El evento: cuatro acciones, la cuenta y lo último que se puede deshacer.
 * @param {import("../telefono.js").Telefono} telefono @param {EventoDelPaquete} evento */
export async function pantallaEvento(telefono, evento) {
  const numero = h("strong", { class: "cuenta-numero" });
  const personas = h("span", null);
  const ultimos = h("div", null);
  async function pintar() {
    const { total } = await cuenta(telefono.bd, evento.id);
    numero.textContent = total.toLocaleString("es-MX");
    personas.textContent = `${total === 1 ? "persona" : "personas"} en este teléfono`;
    const lista = deshacibles(evento.id).slice(0, 5);
    ultimos.replaceChildren(...(lista.length ? [h("h2", null, "Lo último"), h("ul", { class: "lista" }, ...lista.map(renglon))] : []));
  }

  /** @param {import("../captura.js").Deshacible} hecho */
  const renglon = (hecho) =>
    h(
      "li",
      { class: "renglon" },
      h("span", null, hecho.etiqueta),
      boton("Deshacer", "boton-chico", () => deshacerYDecir(telefono, hecho, pintar), { "aria-label": `Deshacer ${hecho.etiqueta}` }),
    );

  await pintar();
  const otroDia = evento.fecha !== diaLocal();
  const nodos = [
    h("h1", null, evento.titulo),
    h("p", { class: "suave" }, `${horaCorta(evento.hora_inicio)} a ${horaCorta(evento.hora_fin)}, ${evento.sede}`),
    otroDia && h("p", { class: "nota" }, `Este evento es el ${fechaLarga(evento.fecha)}, no hoy. Revise que sea el correcto.`),
    evento.situacion === "cerrado" && h("p", { class: "nota" }, "La oficina ya cerró este evento. Lo que falte todavía se recibe."),
    renglonDeTurno(telefono.promotoras, evento.id),
    h("p", { class: "cuenta" }, numero, " ", personas),
    h(
      "nav",
      { class: "acciones", "aria-label": "Qué hacer" },
      ...ACCIONES.map(([accion, nombre, nota]) =>
        h(
          "a",
          { class: `accion accion-${accion}`, href: `#/evento/${evento.id}/${accion}`, "data-nota": nota },
          h("strong", null, nombre),
        ),
      ),
    ),
    ultimos,
    h("p", { class: "al-pie" }, h("a", { class: "boton", href: `#/aviso/${evento.id}` }, "Aviso de privacidad")),
  ].filter((nodo) => nodo !== false);
  return { titulo: "Evento", atras: "#/", nodos };
}
