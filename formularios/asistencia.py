"""El registro de una persona en un evento. Quien tiene menos de 18 años no deja nombre ni teléfono."""

import re
from typing import Any

from wtforms import Form

from formularios.campos import Renglon, Una
from formularios.catalogos import MENORES, Catalogos
from formularios.texto import en_una_linea

MAXIMO_NOMBRE = 80
FALTA = "Elija una opción. Si no quiere decirlo, marque «Prefiero no decir»."
ERROR_TELEFONO = "El teléfono debe tener 10 números, por ejemplo 378 123 4567. Revíselo o déjelo vacío."

_ADORNOS = re.compile(r"[\s().\-+‐‑‒–—−]+")


def limpiar_nombre(texto: str | None) -> str | None:
    """El nombre sin caracteres invisibles ni espacios de más, hasta 80 letras; ``None`` si no queda nada."""
    return en_una_linea(texto or "")[:MAXIMO_NOMBRE].strip() or None


def limpiar_telefono(texto: str | None) -> str | None:
    """Los diez números de un teléfono de México, o ``None``. Admite +52, espacios, guiones y paréntesis."""
    numeros = _ADORNOS.sub("", en_una_linea(texto or ""))
    partes = re.fullmatch(r"(?:521?)?([0-9]{10})", numeros)
    return partes[1] if partes and partes[1][0] != "0" else None


class _Asistencia(Form):
    def validate(self, extra_validators: Any = None) -> bool:
        """Revisa; antes quita nombre y teléfono si la edad elegida es de menores."""
        if self["edad"].data in MENORES:
            for nombre in ("nombre", "telefono"):
                if nombre in self:
                    self[nombre].data = ""
        return super().validate(extra_validators)

    def a_dict(self) -> dict[str, str | None]:
        """``sexo``, ``edad``, ``procedencia``, ``nombre`` y ``telefono``, listos para registrar.

        Lo que este evento no pide sale como «prefiero no decir» o ``None``.
        """
        datos = self.data
        return {
            "sexo": datos["sexo"],
            "edad": datos["edad"],
            "procedencia": datos.get("procedencia") or "nd",
            "nombre": datos.get("nombre") or None,
            "telefono": datos.get("telefono") or None,
        }


def formulario_asistencia(
    catalogos: Catalogos, *, pide_nombre: bool, pide_telefono: bool, pide_procedencia: bool
) -> type[_Asistencia]:
    """La clase del formulario con lo que pide un evento. Nombre y teléfono siempre se pueden dejar vacíos."""
    campos: dict[str, Any] = {
        "sexo": Una("¿Usted es…?", catalogos.pares("sexo"), FALTA),
        "edad": Una("¿Cuántos años tiene?", catalogos.pares("edad"), FALTA),
    }
    if pide_procedencia:
        campos["procedencia"] = Una("¿De dónde viene?", catalogos.pares("procedencia"), FALTA)
    if pide_nombre:
        campos["nombre"] = Renglon(
            "Nombre (si quiere)",
            maximo=MAXIMO_NOMBRE,
            description="Si tiene menos de 18 años, deje este espacio vacío.",
        )
    if pide_telefono:
        campos["telefono"] = Renglon(
            "Teléfono (si quiere)",
            maximo=30,
            revisar=_revisar_telefono,
            description="10 números. Si tiene menos de 18 años, déjelo vacío.",
        )
    return type("FormularioAsistencia", (_Asistencia,), campos)


def _revisar_telefono(texto: str) -> str:
    telefono = limpiar_telefono(texto)
    if telefono is None:
        raise ValueError(ERROR_TELEFONO)
    return telefono
