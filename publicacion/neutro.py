"""Lo que una hoja de cálculo no debe tomar por fórmula."""

from typing import Any

_MAGIA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def neutro(valor: Any) -> Any:
    """Lo que una hoja de cálculo tomaría por fórmula, con un apóstrofo delante; lo demás, igual."""
    if isinstance(valor, str) and valor.lstrip(" \u00a0").startswith(_MAGIA):
        return "'" + valor
    return valor
