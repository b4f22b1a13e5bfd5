"""The practice EHR's pages: patients, the frame around the app, and the faults that can be switched on."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urljoin

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request

from launch.practice import faults
from launch.practice.clients import Client
from launch.practice.ehr import Ehr
from launch.practice.names import day, name, visit

SANDBOX = "allow-forms allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-modals allow-downloads"
STYLE = {
    "color_background": "#ffffff",
    "color_error": "#9e1f1f",
    "color_highlight": "#2a4f87",
    "color_modal_backdrop": "rgba(28, 37, 48, 0.5)",
    "color_success": "#1c6b3c",
    "color_text": "#1c2530",
    "dim_border_radius": "4px",
    "dim_font_size": "14px",
    "dim_spacing_size": "16px",
    "font_family_body": "system-ui, 'Segoe UI', Roboto, sans-serif",
    "font_family_heading": "system-ui, 'Segoe UI', Roboto, sans-serif",
}
HOSTILE = {
    **STYLE,
    "color_background": "#fff} body{background:url(https://elsewhere.example/leak)}",
    "color_text": "#fefefe",
    "dim_font_size": "400px",
    "font_family_body": "x; } </style><script>alert(1)</script>",
    "__proto__": "anything",
}


def routes(ehr: Ehr) -> Blueprint:
    """The routes for people, and the two that a test may call instead: POST /practice/faults, GET /practice/style.json."""
    room = Blueprint("pages", __name__)

    @room.get("/")
    def home() -> str:
        return render_template(
            "practice/welcome.html", **_people(ehr), patient="", client=_client(ehr), standalone=_standalone(ehr)
        )

    @room.route("/practice/open/<patient>", methods=["GET", "POST"])
    def open_chart(patient: str) -> Response | str | tuple[str, int]:
        if patient not in dict(ehr.shelf.patients()):
            return _refused("There is no such patient here.", 404)
        client = _client(ehr)
        if client is None or not client.launch_url:
            return _refused("No app with a launch URL is registered.", 409)
        try:
            own = faults.named(request.values.getlist("fault"))
        except faults.FaultUnknown as unknown:
            return _refused(str(unknown), 400)
        visits = ehr.shelf.encounters(patient)
        first = visits[0]["id"] if visits else ""
        encounter = request.values.get("encounter", first)
        if encounter and encounter not in {one["id"] for one in visits}:
            return _refused("There is no such encounter in this chart.", 404)
        ehr.faults.latest = own
        opened = ehr.ledger.open(client.client_id, patient, encounter, own)
        joint = "&" if "?" in client.launch_url else "?"
        source = client.launch_url + joint + urlencode({"iss": ehr.fhir, "launch": opened.token})
        if request.values.get("format") == "json":
            return jsonify(iss=ehr.fhir, launch=opened.token, url=source, patient=patient, encounter=encounter)
        if request.values.get("frame") == "no":
            return _plain(redirect(source))
        return render_template(
            "practice/frame.html",
            **_people(ehr),
            patient=patient,
            name=name(ehr, patient),
            encounter=encounter,
            client=client,
            source=source,
            sandbox=SANDBOX,
            visits=[(one["id"], visit(one)) for one in visits],
            faults=[(one, faults.FAULTS[one.partition(":")[0]]) for one in own],
        )

    @room.get("/practice/faults")
    def show_faults() -> Response | str:
        if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
            return jsonify(faults=faults.FAULTS, on=list(ehr.faults.everywhere))
        people = _people(ehr)
        patient = request.args.get("patient") or (people["people"][0][0] if people["people"] else "")
        known = dict(ehr.shelf.patients())
        return render_template(
            "practice/faults.html",
            **people,
            patient=patient if patient in known else "",
            name=name(ehr, patient) if patient in known else "",
            stages=faults.STAGES,
            everywhere=ehr.faults.everywhere,
        )

    @room.post("/practice/faults")
    def switch_faults() -> Response | tuple[str, int]:
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            abort(403)
        sent = request.get_json(silent=True) if request.is_json else None
        wanted = sent.get("faults", []) if isinstance(sent, dict) else request.form.getlist("fault")
        try:
            ehr.faults.switch(str(one) for one in wanted)
        except faults.FaultUnknown as unknown:
            return _refused(str(unknown), 400)
        if request.is_json or "text/html" not in request.accept_mimetypes.values():
            return jsonify(on=list(ehr.faults.everywhere))
        return _plain(redirect("/practice/faults", 303))

    @room.get("/practice/style.json")
    def style() -> Response:
        return jsonify(HOSTILE if request.args.get("hostile") else STYLE)

    return room


def _people(ehr: Ehr) -> dict[str, Any]:
    return {"people": [(one, name(ehr, one), day(ehr, one, chart)) for one, chart in ehr.shelf.patients()]}


def _client(ehr: Ehr) -> Client | None:
    named = request.values.get("client")
    return ehr.clients.get(named) if named else next(iter(ehr.clients.values()), None)


def _standalone(ehr: Ehr) -> str:
    client = _client(ehr)
    if client is None:
        return ""
    address = client.standalone_url or (urljoin(client.launch_url, "standalone") if client.launch_url else "")
    return f"{address}?{urlencode({'iss': ehr.fhir})}" if address else ""


def _refused(says: str, status: int) -> tuple[str, int]:
    return render_template("practice/refused.html", says=says), status


def _plain(answer: Any) -> Response:
    return Response(status=answer.status_code, headers=answer.headers)
