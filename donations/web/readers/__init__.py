"""The pages that readers see."""

from flask import Blueprint

from donations.web.readers import (
    appeal,
    article,
    language,
    later_gift,
    manage,
    support,
    thanks,
    thanks_calendar,
    verify,
)

blueprint = Blueprint("readers", __name__)
blueprint.add_url_rule("/", "front", article.front)
blueprint.add_url_rule("/articles/<slug>-a<int:number>", "article", article.show)
blueprint.add_url_rule("/support", "support", support.show, methods=["GET"])
blueprint.add_url_rule("/support", "give", support.send, methods=["POST"])
blueprint.add_url_rule("/support/thanks/<reference>", "thanks", thanks.show)
blueprint.add_url_rule("/support/thanks/<reference>.ics", "thanks_calendar", thanks_calendar.show)
blueprint.add_url_rule("/support/thanks/<reference>/monthly", "later_gift", later_gift.send, methods=["POST"])
blueprint.add_url_rule("/appeal/hide", "hide_appeal", appeal.hide, methods=["POST"])
blueprint.add_url_rule("/appeal/show", "show_appeal", appeal.show, methods=["POST"])
blueprint.add_url_rule("/verify", "verify", verify.show, methods=["GET"])
blueprint.add_url_rule("/verify", "verify_document", verify.send, methods=["POST"])
blueprint.add_url_rule("/language/<lang>", "language", language.choose)
blueprint.register_blueprint(manage.blueprint)
