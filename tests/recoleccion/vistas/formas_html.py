"""Lo que un navegador mandaría de un formulario de una página tal como está: ocultos, textos, marcas y listas."""

from html.parser import HTMLParser

Campos = dict[str, list[str]]


class _Formas(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.formas: list[Campos] = []
        self._texto: str | None = None
        self._lista: str | None = None

    def handle_starttag(self, tag, attrs):
        d = dict(attrs)
        nombre = d.get("name")
        if tag == "form":
            self.formas.append({})
        elif not self.formas:
            return
        elif tag == "input" and nombre and (d.get("type") not in ("checkbox", "radio") or "checked" in d):
            self._agregar(nombre, d.get("value") or "")
        elif tag == "textarea":
            self._texto = nombre
            self._agregar(nombre, "")
        elif tag == "select":
            self._lista = nombre
        elif tag == "option" and self._lista and "selected" in d:
            self._agregar(self._lista, d.get("value") or "")

    def handle_data(self, data):
        if self._texto:
            self.formas[-1][self._texto][-1] += data

    def handle_endtag(self, tag):
        if tag == "textarea":
            self._texto = None
        elif tag == "select":
            self._lista = None

    def _agregar(self, nombre, valor):
        self.formas[-1].setdefault(nombre, []).append(valor)


def campos(html: str, con: str) -> Campos:
    """Del formulario que trae el campo ``con``, lo que se mandaría sin tocarlo (sin la ficha CSRF)."""
    leidas = _Formas()
    leidas.feed(html)
    forma = next(forma for forma in leidas.formas if con in forma)
    return {nombre: valores for nombre, valores in forma.items() if nombre != "csrf_token"}
