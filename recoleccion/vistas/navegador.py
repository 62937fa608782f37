"""Cómo se le dice a un navegador en la lista de sesiones: «Chrome en Windows». Del agente no se guarda más."""

_NAVEGADORES = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Internet de Samsung"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SISTEMAS = (
    ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("CrOS", "Chromebook"),
    ("Macintosh", "Mac"), ("Linux", "Linux"),
)  # fmt: skip
"""En este orden: el de Edge también dice Chrome y Safari, y el de Android también dice Linux."""


def nombrar(agente: str) -> str:
    navegador = next((nombre for seña, nombre in _NAVEGADORES if seña in agente), "Otro navegador")
    sistema = next((nombre for seña, nombre in _SISTEMAS if seña in agente), None)
    return f"{navegador} en {sistema}" if sistema else navegador
