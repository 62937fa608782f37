// Lo que pasó al recibir, dicho a la promotora.

import { plural } from "../dom.js";

/** @param {import("./guardar.js").Balance} balance */
export function balanceEnPalabras({ nuevos, estaban, distintos, malos }) {
  const verbo = nuevos === 1 ? "Se guardó" : "Se guardaron";
  const partes = [nuevos ? `${verbo} ${plural(nuevos, "registro")} de otro teléfono.` : "No había registros nuevos."];
  if (estaban) partes.push(estaban === 1 ? "1 ya estaba aquí." : `${estaban} ya estaban aquí.`);
  if (distintos) partes.push(distintos === 1 ? "1 se guardó aparte." : `${distintos} se guardaron aparte.`);
  if (malos) partes.push(malos === 1 ? "1 no se entendió." : `${malos} no se entendieron.`);
  return partes.join(" ");
}
