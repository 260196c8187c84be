"""What readers may do with what they give, once a link from their own mailbox has let them in."""

from flask import Blueprint

from donations.web.readers.manage import entry, gate, leaving, opening

blueprint = Blueprint("manage", __name__, url_prefix="/manage")
blueprint.before_request(gate.guard)
blueprint.context_processor(gate.template_values)
blueprint.add_url_rule("", "home", entry.show, methods=["GET"])
blueprint.add_url_rule("", "ask", entry.ask, methods=["POST"])
blueprint.add_url_rule("/open/<token>", "open", opening.show, methods=["GET"])
blueprint.add_url_rule("/open/<token>", "enter", opening.enter, methods=["POST"])
blueprint.add_url_rule("/log-out", "log_out", leaving.log_out, methods=["POST"])
blueprint.add_url_rule(
    "/log-out-everywhere", "log_out_everywhere", leaving.log_out_everywhere, methods=["POST"]
)
