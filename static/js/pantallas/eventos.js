import { diaLocal, fechaLarga, h, horaCorta, renglonDeTurno } from "../dom.js";

/** Los eventos descargados: primero los de hoy. @param {import("../telefono.js").Telefono} telefono */
export function pantallaEventos(telefono) {
  const { eventos } = telefono.paquete();
  const hoy = diaLocal();
  const deHoy = eventos.filter(({ fecha }) => fecha === hoy);
  const otros = eventos.filter(({ fecha }) => fecha !== hoy);
  const nodos = [
    h("h1", null, "¿Dónde va a registrar?"),
    renglonDeTurno(telefono.promotoras),
    ...(deHoy.length ? [h("h2", null, "Hoy"), lista(deHoy)] : [h("p", { class: "vacio" }, vacio(eventos.length))]),
    ...(otros.length ? [h("h2", null, "Otros días"), lista(otros)] : []),
    h("p", { class: "al-pie" }, h("a", { class: "boton", href: "#/preparar" }, "Preparar este teléfono")),
  ];
  return { titulo: "Jornada", atras: null, nodos };
}

/** @param {number} cuantos */
function vacio(cuantos) {
  const otra = cuantos ? " Abajo están los de otros días." : "";
  return `No hay eventos de hoy en este teléfono.${otra} Si falta uno, pida que lo den de alta y toque «Preparar este teléfono».`;
}

/** @param {EventoDelPaquete[]} eventos */
function lista(eventos) {
  return h("ul", { class: "lista" }, ...eventos.map((evento) => h("li", null, tarjeta(evento))));
}

/** @param {EventoDelPaquete} evento */
function tarjeta({ id, titulo, fecha, hora_inicio, hora_fin, sede }) {
  const horas = `${horaCorta(hora_inicio)} a ${horaCorta(hora_fin)}`;
  return h(
    "a",
    { class: "tarjeta", href: `#/evento/${id}` },
    h("strong", null, titulo),
    h("span", null, fecha === diaLocal() ? horas : `${fechaLarga(fecha)}, ${horas}`),
    h("span", null, sede),
  );
}
