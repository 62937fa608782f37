"""Lo que mandaría un navegador al oprimir el botón de un formulario sin tocar nada, cada campo en su orden."""

from html.parser import HTMLParser


class _Formularios(HTMLParser):
    def __init__(self, pagina: str) -> None:
        super().__init__()
        self.todos: list[dict[str, list[str]]] = []
        self.dentro = False
        self.lista: str | None = None
        self.opciones: list[str] = []
        self.feed(pagina)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        dados = {nombre: valor or "" for nombre, valor in attrs}
        if tag == "form":
            self.todos.append({})
            self.dentro = True
        elif not self.dentro:
            return
        elif tag == "input" and dados.get("type") not in ("file", "submit"):
            if dados.get("type") not in ("checkbox", "radio") or "checked" in dados:
                self._poner(dados.get("name"), dados.get("value", ""))
        elif tag == "select":
            self.lista, self.opciones = dados.get("name"), []
        elif tag == "option" and self.lista is not None:
            elegida = "selected" in dados
            self.opciones = [dados.get("value", "")] if elegida or not self.opciones else self.opciones

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self.lista is not None:
            self._poner(self.lista, self.opciones[0] if self.opciones else "")
            self.lista = None
        elif tag == "form":
            self.dentro = False

    def _poner(self, nombre: str | None, valor: str) -> None:
        if nombre:
            self.todos[-1].setdefault(nombre, []).append(valor)


def campos_de(pagina: str, con: str) -> dict[str, list[str]]:
    """Los del primer formulario de la página que tiene el campo ``con``."""
    return next(campos for campos in _Formularios(pagina).todos if con in campos)
