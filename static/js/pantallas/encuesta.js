import { boton, h } from "../dom.js";
import { entregar } from "../kiosco.js";

/** Qué encuesta se contesta en este teléfono. @param {import("../telefono.js").Telefono} _telefono @param {EventoDelPaquete} evento */
export function pantallaEncuesta(_telefono, evento) {
  const { encuestas } = evento;
  const nodos = [
    h("h1", null, "Encuesta"),
    h(
      "p",
      null,
      encuestas.length
        ? "Elija cuál y preste el teléfono. Nadie ve lo que contesta la persona anterior y no se puede salir de la encuesta."
        : "Este evento no tiene encuestas. Si debería tenerlas, agréguelas en el panel y vuelva a preparar el teléfono.",
    ),
    h(
      "ul",
      { class: "lista" },
      ...encuestas.map((encuesta) =>
        h(
          "li",
          { class: "tarjeta" },
          h("strong", null, encuesta.titulo),
          h("span", null, encuesta.duracion + (encuesta.edad_minima ? `, de ${encuesta.edad_minima} años o más` : "")),
          boton("Prestar el teléfono", "boton boton-fuerte", () => entregar(evento.id, encuesta.instrumento), {
            "aria-label": `Prestar el teléfono: ${encuesta.titulo}`,
          }),
        ),
      ),
    ),
    h("p", { class: "suave" }, "Para recuperar el teléfono: mantenga apretado tres segundos el botón «Personal», abajo."),
  ];
  return { titulo: evento.titulo, atras: `#/evento/${evento.id}`, evento: evento.id, nodos };
}
